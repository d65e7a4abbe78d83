import type { AlertId } from '../model/ids.ts';
import type { AlertKind, LightCurvePoint } from '../model/light-curve.ts';
import type { KnownAlerts, SurveyObject } from '../model/packet.ts';
import type { IdText } from './avro/long.ts';
import type { AvroRecord, AvroType } from './avro/schema.ts';
import { idAt, type SlotList, type Values } from './slots.ts';
import type { LocusContribution } from './survey.ts';

/**
 * What there is to know about a survey's packets: which field means what. One for each survey, in the table of
 * `surveys.ts`; everything else about decoding is the same for all.
 *
 * Fields are found by name in whatever schema the packet brings, so that a new minor version (fields added, made
 * nullable or plain, widened, or dropped where they are optional) needs no change here.
 */
export interface SurveyMapping {
  /** Name of the survey, as in `DecodedPacket.survey` and configuration. */
  readonly survey: string;
  /** Whether a schema is this survey's, by its fields; a name that is another survey's says no. */
  recognises(schema: AvroRecord): boolean;
  /** What the alert itself wants from its packet, by path. */
  readonly alert: AlertMapping;
  /** The lists of earlier observations in a packet. */
  readonly histories: readonly HistoryMapping[];
  /**
   * Property name of a field of the packet by its path; undefined for fields that are no properties. Of a record, the
   * name decides only whether its fields are looked at.
   */
  propertyName(path: readonly string[], schema: AvroRecord): string | undefined;
}

/** How the alert of a packet is read. */
export interface AlertMapping {
  readonly slots: SlotList;
  /** Which of the slots tell where a packet belongs, by path. */
  isRouting(path: string): boolean;
  /** Whether the routing slots alone have settled which object the alert belongs to. */
  isObjectSettled(values: Values): boolean;
  /** @throws PACKET_ID_MISSING */
  alertId(values: Values): AlertId;
  object(values: Values): SurveyObject | undefined;
  /** @param declared  version that the schema states for itself, if any */
  schemaVersion(values: Values, schema: AvroRecord, declared: string | undefined): string;
  /** Exposure as the ledger counts it; '' when the packet does not say. */
  visit(values: Values): string;
  /** Observing night of a time, `YYYY-MM-DD`. @param mjd  as in the point */
  night(mjd: number): string;
  /** ICRS [deg] as the packet has it, unchecked. */
  position(values: Values): { readonly ra: number; readonly dec: number };
  /** @param ra  checked, ∈ [0, 360) */
  point(values: Values, alertId: AlertId, ra: number, dec: number): LightCurvePoint;
  /** @param values  reads the body; not called by a survey whose objects say it all */
  contribution(values: () => Values, object: SurveyObject | undefined): LocusContribution;
}

/** How the rows of a history are read. */
export interface HistoryMapping {
  /** Names of the packet's field; `AlertBody.part` is the one that the schema has. */
  readonly fields: readonly string[];
  /** Fields whose places are kept for each row, so that its id and kind are known without reading the row. */
  readonly notes: readonly string[];
  /** Kind of a row; undefined for a row that is no observation of anything. */
  kind(row: RowNotes): AlertKind | undefined;
  /**
   * Id of a row of that kind; undefined when nothing identifies it, or nobody needs it.
   *
   * @param objectId  the packet's object, or undefined
   */
  alertId(row: RowNotes, kind: AlertKind, objectId: string | undefined): AlertId | undefined;
  /** What a row's point wants, by path in the row. */
  readonly slots: SlotList;
  /** The point of a row; undefined for a row without a usable time, position (detections) or flux (forced). */
  point(values: Values, alertId: AlertId, kind: AlertKind): LightCurvePoint | undefined;
  /** Kind of a row, from its point's values alone: for bodies read back. */
  kindOf(values: Values): AlertKind;
  propertyName(path: readonly string[]): string | undefined;
}

/** The noted places of one row. */
export class RowNotes {
  readonly #kinds: readonly AvroType['kind'][];
  #view: DataView;
  #bytes: Buffer;
  #rows: readonly number[] = [];
  #base = 0;
  /** Rows that nobody needs. */
  known: KnownAlerts | undefined;

  /** @param kinds  what each noted field is, without its null */
  constructor(kinds: readonly AvroType['kind'][], view: DataView, bytes: Buffer) {
    this.#kinds = kinds;
    this.#view = view;
    this.#bytes = bytes;
  }

  /** Turns to the row whose entries begin at `base` of `rows`. */
  turnTo(view: DataView, bytes: Buffer, rows: readonly number[], base: number): void {
    this.#view = view;
    this.#bytes = bytes;
    this.#rows = rows;
    this.#base = base + 2;
  }

  /** Whether a noted field is there and not null. */
  has(note: number): boolean {
    return this.#rows[this.#base + note]! >= 0;
  }

  /** A noted field as an identifier; undefined when null or absent. */
  id(note: number): string | undefined {
    return idAt(this.#view, this.#bytes, this.#rows[this.#base + note]!, this.#kinds[note]!);
  }

  /** A noted field as the row's alert id; undefined when null, absent, or of a row that nobody needs. */
  alertId(note: number, text: IdText): AlertId | undefined {
    const place = this.#rows[this.#base + note]!;
    return idAt(this.#view, this.#bytes, place, this.#kinds[note]!, text, this.known) as AlertId | undefined;
  }
}

/** Whether a full record name leaves open whose it is (`topLevelRecord`), or names this survey (`ztf.alert`). */
export function mayBelongTo(survey: string, schema: AvroRecord): boolean {
  const dot = schema.name.indexOf('.');
  return dot === -1 || schema.name.slice(0, dot) === survey;
}
