import { AntaresError } from '../model/errors.ts';
import { type AlertId, toAlertId } from '../model/ids.ts';
import type { AlertKind, LightCurvePoint } from '../model/light-curve.ts';
import type {
  AlertBody,
  DecodedPacket,
  KnownAlerts,
  PacketAlert,
  PacketCutout,
  SurveyObject,
} from '../model/packet.ts';
import type { Properties } from '../model/property.ts';
import {
  compilePropertyReader,
  compileWalker,
  type PropertyKinds,
  type PropertyReader,
  ROWS_FILLED,
  type RowsTake,
  type Take,
  type Walker,
} from './avro/compile.ts';
import { asBuffer, asView, type ContainerBlock } from './avro/container.ts';
import { damaged } from './avro/damage.ts';
import { longEnd } from './avro/long.ts';
import { type AvroRecord, type AvroType, findField, withoutNull } from './avro/schema.ts';
import { bytesEnd, textAt, viewOf } from './avro/text.ts';
import { isPlausibleMjd } from './night.ts';
import { type CutoutField, cutoutOf, type PacketSchema } from './packet-schema.ts';
import type { BoundSlots, Values } from './slots.ts';

import type { LocusContribution, PacketProblem, PacketRoute } from './survey.ts';
import { type HistoryMapping, RowNotes, type SurveyMapping } from './survey-mapping.ts';

/**
 * Reads the packets, bodies and history rows that were written with one schema.
 *
 * A packet is walked once, over every byte: that checks it, and takes the values of its alert and the places of its
 * history rows and images along. Rows are read when somebody asks for them.
 */
export class AlertReader {
  readonly schema: PacketSchema;
  readonly mapping: SurveyMapping;
  readonly #packet: PacketPlan;
  #route: { readonly bound: BoundSlots; readonly walk: Walker } | undefined;
  readonly #parts = new Map<string, PartPlan>();

  constructor(schema: PacketSchema, mapping: SurveyMapping) {
    this.schema = schema;
    this.mapping = mapping;
    this.#packet = planPacket(schema.record, mapping);
  }

  /**
   * Reads the record at an offset of a block.
   *
   * @param declared  version that the writer's schema states for itself
   * @param isPlain   whether the block lies in the packet itself, so that places count in the packet
   * @returns         the packet, and where the record ends
   */
  read(
    block: ContainerBlock,
    offset: number,
    declared: string | undefined,
    isPlain: boolean,
    keepProblems: boolean,
  ): { readonly packet: SurveyPacket; readonly end: number } {
    const plan = this.#packet;
    const { values } = plan.bound;
    const { view, bytes } = block;
    const { numbers, places } = values;
    const { alert } = this.mapping;
    places[ROWS_FILLED] = 0;
    const end = plan.walk(view, offset, numbers, places, scratchRows);
    if (end > block.end) throw damaged(offset, 'a record that goes on beyond its block');
    values.over(view, bytes);

    const alertId = alert.alertId(values);
    const problems: PacketProblem[] = [];
    const { ra, dec } = checkedPosition(alert.position(values), keepProblems ? problems : undefined);
    const point = alert.point(values, alertId, ra, dec);
    if (!isPlausibleMjd(point.mjd)) {
      const problem = new AntaresError(
        'PACKET_TIME_INVALID',
        `the time of ${alertId} is MJD ${point.mjd}, not between 1950 and 2150`,
      );
      if (!keepProblems) throw problem;
      problems.push(problem);
    }
    const packet = new SurveyPacket(this, {
      block,
      point,
      body: { schemaId: this.schema.schemaId, part: '', bytes: plan.cutOut(bytes, places) },
      object: alert.object(values),
      schemaVersion: alert.schemaVersion(values, this.schema.record, declared),
      visit: alert.visit(values),
      rows: places[ROWS_FILLED] === 0 ? NO_ROWS : scratchRows.slice(0, places[ROWS_FILLED]),
      ranges: plan.histories.map(({ take }) => [places[take.first]!, places[take.last]!] as const),
      images: isPlain
        ? plan.images.map(({ data, fileName }) => [places[data]!, fileName === -1 ? -1 : places[fileName]!] as const)
        : undefined,
      problems,
    });
    return { packet, end };
  }

  /** Where the record at an offset belongs. */
  route(block: ContainerBlock, offset: number, records: number): PacketRoute {
    const { alert } = this.mapping;
    this.#route ??= planRoute(this.schema.record, this.mapping);
    let { values } = this.#route.bound;
    this.#route.walk(block.view, offset, values.numbers, values.places, scratchRows);
    values.over(block.view, block.bytes);
    if (!alert.isObjectSettled(values)) {
      ({ values } = this.#packet.bound);
      values.places[ROWS_FILLED] = 0;
      this.#packet.walk(block.view, offset, values.numbers, values.places, scratchRows);
      values.over(block.view, block.bytes);
    }
    const alertId = alert.alertId(values);
    const { ra, dec } = checkedPosition(alert.position(values), undefined);
    return { survey: this.mapping.survey, alertId, object: alert.object(values), ra, dec, records };
  }

  /** Rows of a packet that `isKnown` does not answer true for. */
  readHistory(
    block: ContainerBlock,
    rows: readonly number[],
    ranges: readonly (readonly [number, number])[],
    own: AlertId,
    objectId: string | undefined,
    isKnown: (alertId: AlertId, kind: AlertKind) => boolean,
    known: KnownAlerts | undefined,
  ): PacketAlert[] {
    const { view, bytes } = block;
    const found: PacketAlert[] = [];
    // Ids that rise are different ones: mostly they do, and no set of them is needed.
    let highest = '';
    let seen: Set<AlertId> | undefined;
    for (let h = 0; h < this.#packet.histories.length; h += 1) {
      const { mapping, field, notes, stride } = this.#packet.histories[h]!;
      const [first, last] = ranges[h]!;
      if (first === last) continue;
      let plan: PartPlan | undefined;
      notes.known = known;
      for (let row = first; row < last; row += stride) {
        notes.turnTo(view, bytes, rows, row);
        const kind = mapping.kind(notes);
        if (kind === undefined) continue;
        const alertId = mapping.alertId(notes, kind, objectId);
        if (alertId === undefined || isKnown(alertId, kind) || alertId === own) continue;
        if (seen === undefined && alertId > highest) {
          highest = alertId;
        } else {
          seen ??= new Set(found.map(({ point }) => point.alertId));
          if (seen.has(alertId)) continue;
        }
        plan ??= this.#part(field);
        const start = rows[row]!;
        const { values } = plan;
        plan.walk(view, start, values.numbers, values.places, scratchRows);
        values.over(view, bytes);
        const point = mapping.point(values, alertId, kind);
        if (point === undefined) continue;
        seen?.add(alertId);
        found.push({
          point,
          body: { schemaId: this.schema.schemaId, part: field, bytes: viewOf(bytes, start, rows[row + 1]!) },
        });
      }
    }
    return found;
  }

  /** The images of a packet, where they are not null or empty. */
  readImages(block: ContainerBlock, images: readonly (readonly [number, number])[]): PacketCutout[] {
    const { view, bytes } = block;
    const cutouts: PacketCutout[] = [];
    images.forEach(([data, fileName], index) => {
      if (data < 0) return;
      const offset = longEnd(view, data);
      const length = bytesEnd(view, data) - offset;
      if (length === 0) return;
      const name = this.#packet.images[index]!.name;
      cutouts.push({ name, offset, length, fileName: fileName < 0 ? '' : textAt(view, bytes, fileName) });
    });
    return cutouts;
  }

  /** The point of a body, with an id that means nothing. */
  readPoint(body: AlertBody): LightCurvePoint {
    const plan = this.#part(body.part);
    const { values } = plan;
    this.#walkBody(plan, body);
    if (plan.history === undefined) {
      const { ra, dec } = checkedPosition(this.mapping.alert.position(values), []);
      return this.mapping.alert.point(values, UNNAMED, ra, dec);
    }
    const point = plan.history.point(values, UNNAMED, plan.history.kindOf(values));
    if (point === undefined) throw damaged(0, `a row of ${body.part} that is no observation`);
    return point;
  }

  /** What the body of a packet's alert says of its object. */
  readContribution(body: AlertBody, object: SurveyObject | undefined): LocusContribution {
    const read = (): Values => {
      const plan = this.#part('');
      this.#walkBody(plan, body);
      return plan.values;
    };
    return this.mapping.alert.contribution(read, object);
  }

  /** Adds the survey's own properties of a body. */
  addProperties(body: AlertBody, properties: Properties): void {
    const bytes = asBuffer(body.bytes);
    const view = asView(body.bytes);
    const end = withinBody(() => this.#part(body.part).properties().read(view, bytes, 0, properties));
    if (end !== bytes.length) throw damaged(end, `a body of ${bytes.length} bytes that its schema reads as ${end}`);
  }

  /** The properties that bodies of a part can have. */
  propertyKinds(part: string): PropertyKinds {
    return this.#part(part).properties().kinds;
  }

  #walkBody(plan: PartPlan, body: AlertBody): void {
    const view = asView(body.bytes);
    const { values } = plan;
    const end = withinBody(() => plan.walk(view, 0, values.numbers, values.places, scratchRows));
    if (end !== body.bytes.length)
      throw damaged(end, `a body of ${body.bytes.length} bytes that its schema reads as ${end}`);
    values.over(view, asBuffer(body.bytes));
  }

  #part(part: string): PartPlan {
    let plan = this.#parts.get(part);
    if (plan === undefined) {
      plan = planPart(this.schema.record, this.mapping, part);
      this.#parts.set(part, plan);
    }
    return plan;
  }
}

/** Rows of the packet being walked. */
const scratchRows: number[] = [];
const NO_ROWS: readonly number[] = [];
const UNNAMED = toAlertId('unnamed');

function withinBody(read: () => number): number {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw damaged(0, 'a body that ends too early');
    throw error;
  }
}

/**
 * A position on the sky, right ascension 360 as 0.
 *
 * @param problems  where to note that there is none; undefined to throw
 */
function checkedPosition(
  position: { readonly ra: number; readonly dec: number },
  problems: PacketProblem[] | undefined,
): { readonly ra: number; readonly dec: number } {
  const { ra, dec } = position;
  if (ra >= 0 && ra < 360 && dec >= -90 && dec <= 90) return position;
  if (ra === 360 && dec >= -90 && dec <= 90) return { ra: 0, dec };
  const problem = new AntaresError(
    'PACKET_POSITION_INVALID',
    `expected ra in [0, 360) and dec in [-90, 90] degrees, got ra ${ra}, dec ${dec}`,
  );
  if (problems === undefined) throw problem;
  problems.push(problem);
  return { ra: Number.NaN, dec: Number.NaN };
}

/** What `SurveyPacket` is made of. */
interface PacketContent {
  readonly block: ContainerBlock;
  readonly point: LightCurvePoint;
  readonly body: AlertBody;
  readonly object: SurveyObject | undefined;
  readonly schemaVersion: string;
  readonly visit: string;
  readonly rows: readonly number[];
  readonly ranges: readonly (readonly [number, number])[];
  readonly images: readonly (readonly [number, number])[] | undefined;
  readonly problems: readonly PacketProblem[];
}

/** A packet that was read; its history and images are read when asked for. */
export class SurveyPacket implements DecodedPacket {
  readonly survey: string;
  readonly schemaVersion: string;
  readonly schemaId: string;
  readonly alert: PacketAlert;
  readonly object: SurveyObject | undefined;
  readonly visit: string;
  /** What is wrong with it; empty unless it was decoded with `keepProblems`. */
  readonly problems: readonly PacketProblem[];
  readonly #reader: AlertReader;
  readonly #content: PacketContent;

  constructor(reader: AlertReader, content: PacketContent) {
    this.survey = reader.mapping.survey;
    this.schemaVersion = content.schemaVersion;
    this.schemaId = reader.schema.schemaId;
    this.alert = { point: content.point, body: content.body };
    this.object = content.object;
    this.visit = content.visit;
    this.problems = content.problems;
    this.#reader = reader;
    this.#content = content;
  }

  get night(): string {
    return this.#reader.mapping.alert.night(this.alert.point.mjd);
  }

  /** Empty for a packet that was compressed: positions would count in nothing that anyone has. `unpack` it first. */
  get cutouts(): readonly PacketCutout[] {
    const { block, images } = this.#content;
    return images === undefined ? [] : this.#reader.readImages(block, images);
  }

  history(isKnown: (alertId: AlertId, kind: AlertKind) => boolean, known?: KnownAlerts): PacketAlert[] {
    const { block, rows, ranges, point } = this.#content;
    return rows.length === 0
      ? []
      : this.#reader.readHistory(block, rows, ranges, point.alertId, this.object?.id, isKnown, known);
  }
}

interface PacketPlan {
  readonly bound: BoundSlots;
  readonly walk: Walker;
  readonly histories: readonly HistoryPlan[];
  readonly images: readonly { readonly name: string; readonly data: number; readonly fileName: number }[];
  /** The bytes of the kept fields, one after the other: a view where they lie together. */
  readonly cutOut: (bytes: Uint8Array, places: Int32Array) => Uint8Array;
}

interface HistoryPlan {
  readonly mapping: HistoryMapping;
  readonly field: string;
  readonly take: RowsTake;
  readonly notes: RowNotes;
  readonly stride: number;
}

function planPacket(record: AvroRecord, mapping: SurveyMapping): PacketPlan {
  const { slots } = mapping.alert;
  const fields = record.fields.length;
  const found = mapping.histories.flatMap((history) => {
    const field = findField(record, history.fields);
    const row = field === undefined ? undefined : rowOf(field.type);
    return field === undefined || row === undefined ? [] : [{ history, field, row }];
  });
  const cutouts = record.fields.flatMap((field) => cutoutOf(field) ?? []);
  const bound = slots.bind(record, fields + 1 + 2 * found.length + 2 * cutouts.length);
  const { values } = bound;
  let place = bound.freePlace;
  const starts = place;
  place += fields + 1;

  const takes = new Map<string, Take>(bound.takes);
  const histories = found.map(({ history, field, row }): HistoryPlan => {
    const take = { first: place, last: place + 1, notes: history.notes };
    place += 2;
    takes.set(field.name, { rows: take });
    values.places[take.first] = 0;
    values.places[take.last] = 0;
    const kinds = history.notes.map((note): AvroType['kind'] => {
      const noted = findField(row, [note]);
      return noted === undefined ? 'null' : withoutNull(noted.type).kind;
    });
    const empty = new Uint8Array(0);
    return {
      mapping: history,
      field: field.name,
      take,
      notes: new RowNotes(kinds, asView(empty), asBuffer(empty)),
      stride: 2 + history.notes.length,
    };
  });

  const images = cutouts.map((cutout) => {
    const image = { name: cutout.name, data: place, fileName: cutout.fileName === undefined ? -1 : place + 1 };
    place += 2;
    addImageTakes(takes, cutout, image);
    return image;
  });

  const runs = keptRuns(record);
  const [run] = runs;
  const cutOut =
    runs.length === 1 && run !== undefined
      ? (bytes: Uint8Array, places: Int32Array) => viewOf(bytes, places[starts + run[0]]!, places[starts + run[1]]!)
      : (bytes: Uint8Array, places: Int32Array) => {
          let length = 0;
          for (const [from, to] of runs) length += places[starts + to]! - places[starts + from]!;
          const body = new Uint8Array(length);
          let at = 0;
          for (const [from, to] of runs) {
            const part = viewOf(bytes, places[starts + from]!, places[starts + to]!);
            body.set(part, at);
            at += part.length;
          }
          return body;
        };
  return { bound, walk: compileWalker(record, takes, { starts }), histories, images, cutOut };
}

function addImageTakes(
  takes: Map<string, Take>,
  cutout: CutoutField,
  image: { readonly data: number; readonly fileName: number },
): void {
  const [field, data] = cutout.data.split('.') as [string, string | undefined];
  if (data === undefined) {
    takes.set(field, { place: image.data });
    return;
  }
  const inner = new Map<string, Take>([[data, { place: image.data }]]);
  const fileName = cutout.fileName?.split('.')[1];
  if (fileName !== undefined) inner.set(fileName, { place: image.fileName });
  takes.set(field, { fields: inner });
}

/** Runs of kept fields: from the start of one field to the start of another. */
function keptRuns(record: AvroRecord): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  record.fields.forEach(({ isKept }, index) => {
    if (!isKept) return;
    const last = runs.at(-1);
    if (last !== undefined && last[1] === index) last[1] = index + 1;
    else runs.push([index, index + 1]);
  });
  return runs;
}

/** The record of an array's rows, through nulls; undefined for other types. */
function rowOf(type: AvroType): AvroRecord | undefined {
  const list = withoutNull(type);
  if (list.kind !== 'array') return undefined;
  const row = withoutNull(list.items);
  return row.kind === 'record' ? row : undefined;
}

function planRoute(record: AvroRecord, mapping: SurveyMapping): { bound: BoundSlots; walk: Walker } {
  const bound = mapping.alert.slots.bind(record, 0, (path) => mapping.alert.isRouting(path));
  return { bound, walk: compileWalker(record, bound.takes, { stopEarly: true }) };
}

interface PartPlan {
  readonly history: HistoryMapping | undefined;
  readonly values: Values;
  readonly walk: Walker;
  readonly properties: () => { readonly read: PropertyReader; readonly kinds: PropertyKinds };
}

/** How to read bodies of a part: '' for the alert, else the name of the history field. */
function planPart(record: AvroRecord, mapping: SurveyMapping, part: string): PartPlan {
  const history = part === '' ? undefined : mapping.histories.find(({ fields }) => fields.includes(part));
  const field = findField(record, [part]);
  const body =
    part === ''
      ? { ...record, fields: record.fields.filter(({ isKept }) => isKept) }
      : rowOf(field?.type ?? { kind: 'null' });
  if (body === undefined || (part !== '' && history === undefined)) {
    throw new AntaresError('PACKET_SCHEMA_INVALID', `the schema of a kept body has no history ${JSON.stringify(part)}`);
  }
  const bound = (history?.slots ?? mapping.alert.slots).bind(body);
  let reader: { read: PropertyReader; kinds: PropertyKinds } | undefined;
  return {
    history,
    values: bound.values,
    walk: compileWalker(body, bound.takes),
    properties: () => {
      reader ??= compilePropertyReader(body, (path) =>
        history === undefined ? mapping.propertyName(path, record) : history.propertyName(path),
      );
      return reader;
    },
  };
}
