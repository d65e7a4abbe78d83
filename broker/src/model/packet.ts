import type { AlertId } from './ids.ts';
import type { LightCurvePoint } from './light-curve.ts';

/**
 * The survey's own record of one alert as bytes: what its properties are decoded from, now or in ten years.
 *
 * For the alert of a packet it is the packet without history arrays and cut-outs; for a history row, that row.
 */
export interface AlertBody {
  /** Fingerprint of the writer schema: 16 hexadecimal digits. The store keeps schema texts by it. */
  readonly schemaId: string;
  /** Which part of the schema the bytes are: '' for the alert itself, else the name of the history field. */
  readonly part: string;
  readonly bytes: Uint8Array;
}

/** One alert found in a packet: the triggering one or a row of its history. */
export interface PacketAlert {
  readonly point: LightCurvePoint;
  readonly body: AlertBody;
}

/** A cut-out image inside a packet, by position in the packet's bytes. */
export interface PacketCutout {
  /** The survey's field name in lower case without the word cutout: `science`, `template`, `difference`. */
  readonly name: string;
  readonly offset: number;
  readonly length: number;
  /** File name given by the survey, or ''. */
  readonly fileName: string;
}

/** A survey's names for the object of an alert. */
export interface SurveyObject {
  /** Name of the survey: `ztf`, `lsst`. */
  readonly survey: string;
  /** What the name names: `object` (ZTF objectId, LSST diaObjectId) or `solar_system_object` (LSST ssObjectId). */
  readonly role: 'object' | 'solar_system_object';
  /** Text as the survey prints it; 64-bit ids as decimal digits. */
  readonly id: string;
}

/**
 * A survey packet as the broker reads it. Survey-neutral: nothing after decoding asks which survey it was.
 *
 * `history` is decoded on demand: rows that the locus already has are only stepped over.
 */
export interface DecodedPacket {
  readonly survey: string;
  /** Schema version as the packet states it: `4.02`, `11.0`. */
  readonly schemaVersion: string;
  readonly schemaId: string;
  readonly alert: PacketAlert;
  /** The survey's own association; undefined when it gives none. A solar-system object never joins by position. */
  readonly object: SurveyObject | undefined;
  /** Observing night, `YYYY-MM-DD`, and exposure, as the ledger counts them. */
  readonly night: string;
  readonly visit: string;
  readonly cutouts: readonly PacketCutout[];
  /**
   * History rows, each at most once, in the packet's order.
   *
   * @param isKnown  asked with each row's id and kind before the row is decoded; rows it answers true for are left out
   * @param known  rows that are left out without asking
   */
  history(isKnown: (alertId: AlertId, kind: LightCurvePoint['kind']) => boolean, known?: KnownAlerts): PacketAlert[];
}

/**
 * Alerts that whoever asks for history rows has already, told by the number of their id: a packet names hundreds of rows,
 * most of them known, and to make the text of each id takes longer than anything else that is done with them.
 */
export interface KnownAlerts {
  /**
   * Whether `billions × 10⁹ + rest` in decimal after a prefix is the id of one. No is no answer: `isKnown` is asked then.
   *
   * @param billions, rest  integers in [0, 2^34), [0, 10⁹)
   */
  has(prefix: string, billions: number, rest: number): boolean;
}
