import type { AlertRow, AlertStore } from '../alert-store/alert-store.ts';
import type { Config } from '../config/config.ts';
import type { PacketCutout } from '../model/packet.ts';
import type { Properties } from '../model/property.ts';
import { openPacketDecoder } from '../pipeline/set-up.ts';
import type { PacketDecoder } from '../surveys/survey.ts';
import { AlertPropertiesOfStore } from './alert-properties-of-store.ts';

/** An image of a packet that is stored. */
export interface StoredCutout {
  /** `science`, `template`, `difference`; other surveys' own names. */
  readonly name: string;
  readonly fileName: PacketCutout['fileName'];
  readonly bytes: Uint8Array;
}

/**
 * Reads what is stored of alerts while a broker adds to the store: properties from the kept record, images from the packet.
 *
 * A record may have been written with a schema that came after this was opened; `refresh` gets to know it.
 */
export class StoredAlertDecoder {
  readonly #store: AlertStore;
  readonly #decoder: PacketDecoder;
  readonly #properties: AlertPropertiesOfStore;

  private constructor(store: AlertStore, decoder: PacketDecoder) {
    this.#store = store;
    this.#decoder = decoder;
    this.#properties = new AlertPropertiesOfStore(decoder);
  }

  static async open(config: Config, store: AlertStore): Promise<StoredAlertDecoder> {
    return new StoredAlertDecoder(store, await openPacketDecoder(config, store));
  }

  /** Gets to know the schemas that came into the store since. */
  async refresh(): Promise<void> {
    this.#decoder.addSchemas(await this.#store.listSchemas());
  }

  /** All properties of an alert. @throws PACKET_SCHEMA_UNKNOWN  before a `refresh` that finds its schema */
  propertiesOf(row: AlertRow): Properties {
    return this.#properties.propertiesOf(row);
  }

  /** The images that came with an alert; none where it did not arrive in a packet of its own. */
  async cutoutsOf(row: AlertRow): Promise<readonly StoredCutout[]> {
    const packet = row.packet === undefined ? undefined : await this.#store.getPacket(row.point.alertId);
    if (packet === undefined) return [];
    await this.#decoder.ensureSchema(packet);
    const [decoded] = this.#decoder.decode(packet, { keepProblems: true });
    return (decoded?.cutouts ?? []).map(({ name, offset, length, fileName }) => ({
      name,
      fileName,
      bytes: packet.subarray(offset, offset + length),
    }));
  }
}
