import { ALERT_KINDS, type AlertKind } from '../../model/light-curve.ts';
import type { AlertAddress } from '../alert-store.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { readRef } from './locus-codec.ts';

const WITHOUT_LOCUS = 0x80;

/** Where an alert of a locus is: kind, row, ref. */
export function putAlertAddress(writer: ByteWriter, kind: number, row: number, refBytes: Uint8Array): void {
  writer.uint8(kind);
  writer.varint(row);
  writer.raw(refBytes);
}

/** That an alert was stored without a locus. */
export function putAddressWithoutLocus(writer: ByteWriter, kind: AlertKind): void {
  writer.uint8(ALERT_KINDS.indexOf(kind) | WITHOUT_LOCUS);
}

export function readAlertAddress(reader: ByteReader): AlertAddress {
  const kind = reader.uint8();
  if ((kind & WITHOUT_LOCUS) !== 0) {
    return { ref: undefined, row: -1, kind: ALERT_KINDS[kind & ~WITHOUT_LOCUS]! };
  }
  const row = reader.varint();
  return { ref: readRef(reader), row, kind: ALERT_KINDS[kind]! };
}
