import type { ApiContext } from '../api-context.ts';
import type { RouteGroup } from '../route.ts';
import { alertRoutes } from './alert-routes.ts';
import { catalogRoutes } from './catalog-routes.ts';
import { lociRoutes } from './loci-routes.ts';
import { noticeRoutes } from './notice-routes.ts';
import { propertyRoutes } from './property-routes.ts';
import { streamingRoute } from './streaming-route.ts';

/** `/v1`: JSON:API 1.0, for `antares-client` 1.x and everything that speaks like it. */
export function v1Group(context: ApiContext): RouteGroup {
  return {
    prefix: '/v1',
    name: 'API v1',
    routes: [
      ...lociRoutes(context),
      ...alertRoutes(context),
      ...catalogRoutes(context),
      ...noticeRoutes(context),
      ...propertyRoutes(context),
      streamingRoute(context),
    ],
  };
}
