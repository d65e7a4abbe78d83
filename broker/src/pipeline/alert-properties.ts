import type { FilterAlert } from '../filters/filter.ts';
import { PropertiesView } from '../filters/property-view.ts';
import type { Properties } from '../model/property.ts';
import type { AlertInFlight, PipelineContext } from './stage.ts';

/** The properties of an alert, decoded when somebody asks first, and then kept. */
export interface LazyAlertProperties {
  readonly read: () => Properties;
  readonly filterAlert: FilterAlert;
}

const known = new WeakMap<AlertInFlight, LazyAlertProperties>();

/** The properties of an alert in flight: the survey's own, the normalised ones, and when it arrived. */
export function lazyAlertProperties(alert: AlertInFlight, context: PipelineContext): LazyAlertProperties {
  const before = known.get(alert);
  if (before !== undefined) return before;
  let properties: Properties | undefined;
  const { point, body } = alert.packet.alert;
  const read = (): Properties => {
    properties ??= context.decoder
      .properties(body, point)
      .set('ant_time_received', BigInt(Math.floor(alert.raw.receivedAtMs / 1000)));
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
  };
  known.set(alert, lazy);
  return lazy;
}
