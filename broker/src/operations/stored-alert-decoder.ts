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
 * A record may have been written with a schema that came after this was opened; `learnSchemasOf` gets to know it.
 */
export class StoredAlertDecoder {
  readonly #store: AlertStore;
  readonly #decoder: PacketDecoder;
  readonly #properties: AlertPropertiesOfStore;
  /** Ids of the schemas that were read from the store. */
  #known: ReadonlySet<string> = new Set();

  private constructor(store: AlertStore, decoder: PacketDecoder) {
    this.#store = store;
    this.#decoder = decoder;
    this.#properties = new AlertPropertiesOfStore(decoder);
  }

  static async open(config: Config, store: AlertStore): Promise<StoredAlertDecoder> {
    return new StoredAlertDecoder(store, await openPacketDecoder(config, store));
  }

  /**
   * Gets to know the schemas that alerts were written with. The store is asked only where one of them is new: texts of
   * schemas are long, and the store has each no later than the first alert that needs it.
   *
   * @param rows  as just read from the store
   */
  async learnSchemasOf(rows: readonly AlertRow[]): Promise<void> {
    if (rows.every(({ body }) => this.#known.has(body.schemaId))) return;
    const schemas = await this.#store.listSchemas();
    this.#decoder.addSchemas(schemas);
    this.#known = new Set(schemas.keys());
  }

  /** All properties of an alert. @throws PACKET_SCHEMA_UNKNOWN  before `learnSchemasOf` of the row */
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
