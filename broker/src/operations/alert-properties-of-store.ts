import type { AlertRow, AlertStore } from '../alert-store/alert-store.ts';
import type { Config } from '../config/config.ts';
import type { Properties } from '../model/property.ts';
import { openPacketDecoder } from '../pipeline/set-up.ts';
import type { PacketDecoder } from '../surveys/survey.ts';
import type { AlertPropertyReader } from './export.ts';

/** All properties of stored alerts: decoded from the survey's record, and what the broker and its filters added. */
export class AlertPropertiesOfStore implements AlertPropertyReader {
  readonly #decoder: PacketDecoder;

  /** @param decoder  one that knows the schemas of the store */
  constructor(decoder: PacketDecoder) {
    this.#decoder = decoder;
  }

  static async open(config: Config, store: AlertStore): Promise<AlertPropertiesOfStore> {
    return new AlertPropertiesOfStore(await openPacketDecoder(config, store));
  }

  propertiesOf(row: AlertRow): Properties {
    const properties = this.#decoder.properties(row.body, row.point);
    properties.set('ant_time_received', BigInt(row.receivedAt));
    if (row.sentAt !== 0) properties.set('ant_input_msg_time', BigInt(row.sentAt));
    for (const [name, value] of row.annotations) properties.set(name, value);
    return properties;
  }
}
