import { Packr, Unpackr } from 'msgpackr';
import { type JsonValue, locusToJson, propertiesToJson } from '../model/json.ts';
import type { LocusRecord } from '../model/locus.ts';
import type { LocusInFlight } from '../model/locus-in-flight.ts';
import type { Properties, PropertyValue } from '../model/property.ts';
import { countAlerts } from './loci-of-batch.ts';
import type { AlertInFlight } from './stage.ts';

/** A message as it is kept: MessagePack of these fields, 64-bit integers as such. Maps come back as objects. */
interface KeptMessage<Values> {
  readonly locus: Omit<LocusRecord, 'properties'>;
  readonly locusProperties: Values;
  readonly alertId: string;
  readonly mjd: number;
  readonly alertProperties: Values;
  readonly annotations: Values;
}

// Maps stay maps and bigints int64, so that nothing is converted on the way in; text is made for those who read it.
const packer = new Packr({ useRecords: false });
const unpacker = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'bigint' });

/**
 * What a stream carries about an alert: the locus as of that alert, and the alert.
 *
 * MessagePack, because a message is written for every stream that wants an alert and read by few: making JSON of some two
 * hundred properties costs ten times as much. `streamMessageToJson` makes it for whoever reads.
 */
export function streamMessage(alert: AlertInFlight, locus: LocusInFlight): Uint8Array {
  const { ref, ra, dec, isAssociable, objects, catalogMatches, watchMatches, properties, annotations } = locus;
  const { alertId, mjd } = alert.packet.alert.point;
  const kept: KeptMessage<Properties> = {
    locus: {
      ref,
      ra,
      dec,
      isAssociable,
      objects,
      ...countAlerts(locus),
      tags: [...locus.tags].sort(),
      catalogMatches,
      watchMatches,
    },
    locusProperties: properties,
    alertId,
    mjd,
    alertProperties: locus.alertProperties(),
    annotations,
  };
  return packer.pack(kept);
}

/** A message in the format of `export loci`, with the alert under `alert`; 64-bit ids are text. */
export function streamMessageToJson(value: Uint8Array): { [key: string]: JsonValue } {
  const kept = unpacker.unpack(value) as KeptMessage<Record<string, PropertyValue>>;
  const { locus, locusProperties, alertId, mjd, alertProperties, annotations } = kept;
  const properties = new Map([...Object.entries(alertProperties), ...Object.entries(annotations)]);
  return {
    ...locusToJson({ ...locus, properties: new Map(Object.entries(locusProperties)) }),
    alert: { alert_id: alertId, mjd, properties: propertiesToJson(properties) },
  };
}
