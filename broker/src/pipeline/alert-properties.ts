import type { FilterAlert } from '../filters/filter.ts';
import { PropertiesView } from '../filters/property-view.ts';
import type { Properties } from '../model/property.ts';
import { type PropertyTable, PropertyTablePool } from '../model/property-table.ts';
import type { AlertInFlight, PipelineContext } from './stage.ts';

/** The properties of an alert, decoded when somebody asks first, and then kept as long as the alert is at work on. */
export interface LazyAlertProperties {
  readonly read: () => Properties;
  readonly filterAlert: FilterAlert;
  /** Gives up what was decoded; whoever asks again has it decoded again. */
  readonly release: () => void;
}

/** Tables of one alert after the other; more are needed where a stage asks all alerts of a batch first. */
const MOST_FREE_TABLES = 64;
/** Properties of an LSST alert, and room for some. */
const USUAL_PROPERTIES = 256;

const known = new WeakMap<AlertInFlight, LazyAlertProperties>();
const tables = new PropertyTablePool(MOST_FREE_TABLES);

/** The properties of an alert in flight: the survey's own, the normalised ones, and when it arrived. */
export function lazyAlertProperties(alert: AlertInFlight, context: PipelineContext): LazyAlertProperties {
  const before = known.get(alert);
  if (before !== undefined) return before;
  let properties: PropertyTable | undefined;
  const { point, body } = alert.packet.alert;
  const read = (): Properties => {
    if (properties === undefined) {
      properties = tables.take(USUAL_PROPERTIES);
      context.decoder.properties(body, point, properties);
      properties.set('ant_time_received', BigInt(Math.floor(alert.raw.receivedAtMs / 1000)));
    }
    return properties;
  };
  const lazy: LazyAlertProperties = {
    read,
    filterAlert: {
      alertId: point.alertId,
      mjd: point.mjd,
      passband: point.passband,
      surveyNumber: point.surveyNumber,
      properties: new PropertiesView(read),
    },
    release: () => {
      if (properties !== undefined) tables.giveBack(properties);
      properties = undefined;
    },
  };
  known.set(alert, lazy);
  return lazy;
}

/** Gives up the properties of an alert, where they were decoded. */
export function releaseAlertProperties(alert: AlertInFlight): void {
  known.get(alert)?.release();
}
