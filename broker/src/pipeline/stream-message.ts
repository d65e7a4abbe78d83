import { Packr, Unpackr } from 'msgpackr';
import { type JsonValue, locusToJson, propertiesToJson } from '../model/json.ts';
import type { LocusRecord } from '../model/locus.ts';
import type { LocusInFlight } from '../model/locus-in-flight.ts';
import type { PropertyValue } from '../model/property.ts';
import { countAlerts } from './loci-of-batch.ts';
import { PropertyPacker } from './packed-properties.ts';
import type { AlertInFlight } from './stage.ts';

/** A message as it is kept: MessagePack of these fields, 64-bit integers as such. */
interface KeptMessage<Values> {
  readonly locus: Omit<LocusRecord, 'properties'>;
  readonly locusProperties: Values;
  readonly alertId: string;
  readonly mjd: number;
  readonly alertProperties: Values;
  readonly annotations: Values;
}

const packer = new Packr({ useRecords: false });
const unpacker = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'bigint' });
const properties = new PropertyPacker();

/**
 * What a stream carries about an alert: the locus as of that alert, and the alert.
 *
 * MessagePack, because a message is written for every stream that wants an alert and read by few: making JSON of some two
 * hundred properties costs ten times as much. `streamMessageToJson` makes it for whoever reads.
 */
export function streamMessage(alert: AlertInFlight, locus: LocusInFlight): Uint8Array {
  const { ref, ra, dec, isAssociable, objects, catalogMatches, watchMatches } = locus;
  const { alertId, mjd } = alert.packet.alert.point;
  const [locusProperties, alertProperties, annotations] = properties.pack([
    locus.properties,
    locus.alertProperties(),
    locus.annotations,
  ]);
  const kept: KeptMessage<Uint8Array> = {
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
    locusProperties: locusProperties!,
    alertId,
    mjd,
    alertProperties: alertProperties!,
    annotations: annotations!,
  };
  return packer.pack(kept);
}

/** Properties of a message: packed, or as a map, as they were kept at first. */
function unpackProperties(packed: Uint8Array | Record<string, PropertyValue>): Record<string, PropertyValue> {
  return packed instanceof Uint8Array ? (unpacker.unpack(packed) as Record<string, PropertyValue>) : packed;
}

/** A message in the format of `export loci`, with the alert under `alert`; 64-bit ids are text. */
export function streamMessageToJson(value: Uint8Array): { [key: string]: JsonValue } {
  const kept = unpacker.unpack(value) as KeptMessage<Uint8Array | Record<string, PropertyValue>>;
  const { locus, locusProperties, alertId, mjd, alertProperties, annotations } = kept;
  const alertValues = { ...unpackProperties(alertProperties), ...unpackProperties(annotations) };
  return {
    ...locusToJson({ ...locus, properties: new Map(Object.entries(unpackProperties(locusProperties))) }),
    alert: { alert_id: alertId, mjd, properties: propertiesToJson(new Map(Object.entries(alertValues))) },
  };
}
