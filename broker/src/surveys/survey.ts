import type { LightCurvePoint } from '../model/light-curve.ts';
import type { AlertBody, DecodedPacket, SurveyObject } from '../model/packet.ts';
import type { Properties } from '../model/property.ts';

/**
 * Reads survey packets, and the alerts that were kept of them.
 *
 * One for each thread: it keeps compiled schemas and scratch memory. Nothing after it asks which survey a packet is of.
 *
 * What it returns refers to the bytes of the packet instead of copying them (bodies, cut-outs, history rows that are not
 * decoded yet): leave those bytes alone for as long as anything of the packet is in use.
 */
export interface PacketDecoder {
  /**
   * Whether `decode` would need a schema that is not here yet: a registry message with an id not met before. Cheap;
   * false for everything else, readable or not.
   */
  needsSchema(bytes: Uint8Array): boolean;

  /**
   * Fetches the schema of a registry message where it is not here yet; returns at once for all other packets. An id that
   * no source knows is left to `decode` to refuse.
   *
   * @throws SCHEMA_REGISTRY_UNREACHABLE, SCHEMA_FOLDER_UNREADABLE  the same call may be made again
   */
  ensureSchema(bytes: Uint8Array): Promise<void>;

  /**
   * The alerts in a packet, in order; at least one. Every byte of the records is checked against the schema.
   *
   * @throws any code of `PACKET_ERRORS`; all alerts of the packet are refused together
   */
  decode(bytes: Uint8Array, options?: DecodeOptions): DecodedPacket[];

  /**
   * Where a packet belongs, read as cheaply as possible: for choosing a worker. Of several records, the first.
   *
   * @throws as `decode`; not all damage is seen, since not all bytes are read
   */
  route(bytes: Uint8Array, options?: Pick<DecodeOptions, 'survey'>): PacketRoute;

  /**
   * The packet as packets of one alert each, without compression: the form in which packets are kept, since positions of
   * cut-outs count in it. The packet itself where it has that form already, as all that surveys send do.
   *
   * @throws as `decode`
   */
  unpack(bytes: Uint8Array, options?: Pick<DecodeOptions, 'survey'>): Uint8Array[];

  /**
   * All properties of an alert or a history row: the normalised `ant_*` ones first (without the two that say when it
   * arrived), then the survey's fields under their names.
   *
   * @param point  the light-curve point kept with the body; without it, it is derived from the body again
   * @param into   empty; gets them
   * @throws PACKET_SCHEMA_UNKNOWN  when the body's schema was not given to `addSchemas`
   */
  properties(body: AlertBody, point?: LightCurvePoint, into?: Properties): Properties;

  /**
   * The light-curve point that a body gives: what `decode` gave with it, except for the alert id.
   * @throws PACKET_SCHEMA_UNKNOWN
   */
  values(body: AlertBody): Omit<LightCurvePoint, 'alertId'>;

  /**
   * Whether two bodies of one alert say the same, whatever encoding each came in.
   *
   * Where one of the two wrote a number in single precision, both are compared in that (some re-serialised streams widen
   * floats, others narrow doubles); a property that one of the two schemas does not have is not compared.
   * @throws PACKET_SCHEMA_UNKNOWN
   */
  sameContent(a: AlertBody, b: AlertBody): boolean;

  /** What a packet says of the object it belongs to, for the properties of its locus. */
  locusContribution(packet: DecodedPacket): LocusContribution;

  /** Schemas met and not known to be kept, by id: to be kept no later than the bodies that need them. */
  newSchemas(): ReadonlyMap<string, string>;

  /** Notes that schemas are kept: durably, since they are not offered again. */
  markKept(schemas: ReadonlyMap<string, string>): void;

  /** Makes kept schemas known again, by id. @throws PACKET_SCHEMA_INVALID */
  addSchemas(schemas: ReadonlyMap<string, string>): void;
}

/** How to read a packet. */
export interface DecodeOptions {
  /** Read it as this survey's, whatever its schema is called. Undefined: recognise. */
  readonly survey?: string | undefined;
  /**
   * Note an impossible position or time in `problems` of the packet instead of refusing it: for looking into packets,
   * not for the pipeline.
   */
  readonly keepProblems?: boolean | undefined;
}

/** Where a packet belongs. */
export interface PacketRoute {
  readonly survey: string;
  readonly alertId: string;
  readonly object: SurveyObject | undefined;
  /** ICRS [deg], ra ∈ [0, 360). */
  readonly ra: number;
  readonly dec: number;
  /** Number of records in the packet. */
  readonly records: number;
}

/**
 * What a packet says of its object. Merging: each of `values` replaces what the locus has under the name; each of `lists`
 * is added to the list of that name, without doubling entries.
 */
export interface LocusContribution {
  readonly survey: string;
  /** Locus properties by name: `ztf_object_id`, `ztf_ssnamenr`. */
  readonly values: Readonly<Record<string, string>>;
  /**
   * Lists within the locus property `survey`, by path: `ztf.id`, `ztf.field`, `ztf.rcid`, `ztf.ssnamenr`,
   * `lsst.dia_object_id`, `lsst.ss_object_id`. Numbers of field and detector are small whole numbers, all else is text.
   * A survey always names all of its lists, empty ones too: filters of ANTARES index them without asking.
   */
  readonly lists: Readonly<Record<string, readonly (string | number)[]>>;
}

/** What is wrong with a packet that can be read. */
export interface PacketProblem {
  readonly code: string;
  readonly message: string;
}
