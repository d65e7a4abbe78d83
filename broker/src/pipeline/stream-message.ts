import { locusToJson, propertiesToJson } from '../model/json.ts';
import type { LocusInFlight } from '../model/locus-in-flight.ts';
import { countAlerts } from './loci-of-batch.ts';
import type { AlertInFlight } from './stage.ts';

const encoder = new TextEncoder();

/**
 * What a stream carries about an alert: the locus as of that alert in the format of `export loci`, and the alert itself
 * under `alert`. JSON text in UTF-8; 64-bit ids are strings.
 */
export function streamMessage(alert: AlertInFlight, locus: LocusInFlight): Uint8Array {
  const { point } = alert.packet.alert;
  const record = { ...locus, ...countAlerts(locus), tags: [...locus.tags].sort() };
  const properties = new Map([...locus.alertProperties(), ...locus.annotations]);
  const text = JSON.stringify({
    ...locusToJson(record),
    alert: { alert_id: point.alertId, mjd: point.mjd, properties: propertiesToJson(properties) },
  });
  return encoder.encode(text);
}
