import type { ApiContext } from '../api-context.ts';
import type { RouteGroup } from '../route.ts';
import { thumbnailFileRoute } from '../thumbnails/thumbnail-route.ts';
import { alertRoutes } from './alert-routes.ts';
import { catalogRoutes } from './catalog-routes.ts';
import { lociRoutes } from './loci-routes.ts';
import { noticeRoutes } from './notice-routes.ts';

/** `/v2`: plain documents, for `antares-client` 2.x and everything that speaks like it. */
export function v2Group(context: ApiContext): RouteGroup {
  return {
    prefix: '/v2',
    name: 'API v2',
    routes: [
      ...lociRoutes(context),
      ...alertRoutes(context),
      thumbnailFileRoute(context),
      ...catalogRoutes(context),
      ...noticeRoutes(context),
    ],
  };
}
