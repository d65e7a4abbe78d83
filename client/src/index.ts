export type { Alerts } from './alerts.ts';
export { AntaresClient, type AntaresClientOptions } from './antares-client.ts';
export { AntaresError, CLIENT_ERRORS, errorCode, type ServerError } from './antares-error.ts';
export type { CatalogDescription, Catalogs } from './catalogs.ts';
export type { AlertEvent, EventSelection, Events, ListenOptions } from './events.ts';
export type { GravWaveNotices } from './grav-wave-notices.ts';
export { DEFAULT_RETRY, type RetryPolicy } from './http/retry-policy.ts';
export { serverRoot } from './http/server-url.ts';
export type { CallOptions, Download } from './http/transport.ts';
export { isObject, type JsonObject } from './json/json-reading.ts';
export { type Json, parseExactJson, parseJson, toJsonText, type WritableJson } from './json/json-text.ts';
export type {
  Loci,
  LookupRequest,
  LookupResult,
  SearchCursor,
  SearchField,
  SearchOptions,
  SearchPage,
  SearchPageOptions,
} from './loci.ts';
export type {
  Health,
  LedgerLine,
  NightStatistics,
  Operations,
  PacketCounts,
  Rejection,
  TagStatistics,
  TagStatisticsOptions,
  User,
} from './operations.ts';
export { type Cone, type QueryClause, type QueryValue, query, type RangeBounds } from './query/query.ts';
export type { Alert, GravWaveEvent } from './resources/alert.ts';
export type { CatalogMatch, CatalogSample } from './resources/catalog-object.ts';
export type { GravWaveNotice } from './resources/grav-wave-notice.ts';
export { type LightCurve, parseLightCurve } from './resources/light-curve.ts';
export type { FoundLocus, Locus, LocusListing } from './resources/locus.ts';
export type { Properties, PropertyDefinition } from './resources/properties.ts';
export type {
  AlertNotice,
  PositionMatch,
  StreamAlert,
  StreamDescription,
  StreamLocus,
  StreamMessage,
  StreamPage,
} from './resources/stream-message.ts';
export type { Thumbnail } from './resources/thumbnail.ts';
export { type SkyPosition, separationArcsec } from './sky-separation.ts';
export type { FollowOptions, KafkaConfiguration, ReadOptions, Streams } from './streams.ts';
export type { Tag } from './tags.ts';
