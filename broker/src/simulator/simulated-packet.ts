import type { AlertId } from '../model/ids.ts';
import type { SimulatedSource } from './sky/source.ts';
import type { SurveyName } from './survey/survey.ts';

/** A packet as a survey would send it, and what is true of it. */
export interface SimulatedPacket {
  readonly survey: SurveyName;
  /** The whole packet: a container file or a wire message. Each packet has bytes of its own, which may be transferred. */
  readonly bytes: Uint8Array;
  /** Whether it is a wire message: a bare datum behind the id of its schema. */
  readonly isWire: boolean;
  /** What the broker is to call its alert. */
  readonly alertId: AlertId;
  /** When the shutter opened [MJD, UTC]: packets come in this order. */
  readonly mjd: number;
  /** Observing night, `YYYY-MM-DD`, and exposure, as the ledger counts them. */
  readonly night: string;
  readonly visit: string;
  readonly source: SimulatedSource;
  /** Position that the packet gives, ICRS [deg]. */
  readonly ra: number;
  readonly dec: number;
  /** The survey's own id of the alert, and its name of the object. */
  readonly surveyId: bigint;
  readonly surveyObjectId: string;
  readonly snr: number;
  /** Detections and upper limits (ZTF), or detections (LSST), in the history that the packet carries. */
  readonly historyRows: number;
}
