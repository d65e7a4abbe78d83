import type { ApiContext } from '../api-context.ts';
import { eventsGroup } from '../events/events-group.ts';
import type { RouteGroup } from '../route.ts';
import { accountRoutes } from './account-routes.ts';
import { listRoutes } from './list-routes.ts';
import { lociRoutes } from './loci-routes.ts';
import { lookupRoutes } from './lookup-routes.ts';
import { searchRoutes } from './search-routes.ts';
import { streamRoutes } from './stream-routes.ts';
import { systemGroup } from './system-group.ts';
import { tagStatisticsRoutes } from './tag-statistics-routes.ts';
import { versionRoute } from './version-route.ts';

/** Our own additions, by subject. */
export function ownGroups(context: ApiContext): readonly RouteGroup[] {
  return [
    { prefix: '/api', name: 'Search', routes: searchRoutes(context) },
    { prefix: '/api', name: 'Loci', routes: [...lookupRoutes(context), ...lociRoutes(context)] },
    { prefix: '/api', name: 'Streams', routes: streamRoutes(context) },
    eventsGroup(context),
    {
      prefix: '/api',
      name: 'Accounts of the night',
      routes: [...accountRoutes(context), ...tagStatisticsRoutes(context)],
    },
    { prefix: '/api', name: 'Catalogues', routes: [...listRoutes(context), versionRoute(context)] },
    systemGroup(context),
  ];
}
