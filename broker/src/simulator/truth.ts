import type { JsonValue } from '../model/json.ts';
import type { DeliveredPacket } from './faults.ts';
import type { SimulatedPacket } from './simulated-packet.ts';
import { isAsteroid } from './sky/asteroid.ts';
import type { SimulatedSource } from './sky/source.ts';
import { distanceArcsec } from './sky/tangent-plane.ts';
import type { SurveyName } from './survey/survey.ts';

/** What the surveys made of one source. */
interface Sightings {
  readonly alertIds: string[];
  readonly objectIds: Map<SurveyName, Set<string>>;
}

/**
 * Keeps what is true of a simulation, for scoring what a broker made of it.
 *
 * Of each packet it keeps two ids, no bytes.
 */
export class TruthBook {
  readonly #bySource = new Map<number, Sightings>();
  readonly #faults: string[] = [];
  #alerts = 0;

  /** Alerts booked so far. */
  get alerts(): number {
    return this.#alerts;
  }

  /** Sources with an alert so far. */
  get detectedSources(): number {
    return this.#bySource.size;
  }

  /** Books a packet of the survey. */
  add(packet: SimulatedPacket): void {
    let sightings = this.#bySource.get(packet.source.index);
    if (sightings === undefined) {
      sightings = { alertIds: [], objectIds: new Map() };
      this.#bySource.set(packet.source.index, sightings);
    }
    this.#alerts += 1;
    sightings.alertIds.push(packet.alertId);
    const names = sightings.objectIds.get(packet.survey) ?? new Set();
    names.add(packet.surveyObjectId);
    sightings.objectIds.set(packet.survey, names);
  }

  /** Books a packet as delivered: one with a fault gets a line of its own, and counts as an alert only once. */
  addDelivered(packet: DeliveredPacket, file: string): void {
    const { fault } = packet;
    if (fault === undefined || fault.outcome === 'stored') this.add(packet);
    if (fault === undefined) return;
    const line: Record<string, JsonValue> = {
      record: 'fault',
      fault: fault.kind,
      file,
      survey: packet.survey,
      night: packet.night,
      alert_id: packet.alertId,
      expected_outcome: fault.outcome,
    };
    if (fault.reason !== undefined) line['expected_reason'] = fault.reason;
    this.#faults.push(JSON.stringify(line));
  }

  /** One JSON line for each source, detected or not, then one for each fault. */
  *lines(sources: Iterable<SimulatedSource>): Generator<string> {
    for (const source of sources) yield JSON.stringify(sourceTruth(source, this.#bySource.get(source.index)));
    yield* this.#faults;
  }
}

function sourceTruth(source: SimulatedSource, sightings: Sightings | undefined): JsonValue {
  const { host } = source;
  const objectIds = sightings === undefined ? [] : [...sightings.objectIds];
  return {
    record: 'source',
    source_id: source.id,
    class: source.kind,
    is_real: source.kind !== 'artefact',
    moves: source.placeAt !== undefined,
    ra: source.place.ra,
    dec: source.place.dec,
    parameters: { ...source.truth },
    ...(host === undefined
      ? {}
      : {
          host: {
            name: host.name,
            ra: host.place.ra,
            dec: host.place.dec,
            redshift: host.redshift,
            radius_arcsec: host.radiusArcsec,
            mag_r: host.magR,
            offset_arcsec: distanceArcsec(source.place, host.place),
          },
        }),
    ...(isAsteroid(source) && source.isKnown ? { solar_system_name: source.designation } : {}),
    object_ids: Object.fromEntries(objectIds.map(([survey, names]) => [survey, [...names]])),
    alert_ids: sightings?.alertIds ?? [],
  };
}
