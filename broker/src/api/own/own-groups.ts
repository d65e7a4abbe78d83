import type { ApiContext } from '../api-context.ts';
import type { RouteGroup } from '../route.ts';

/** Our own additions, by subject. */
export function ownGroups(_context: ApiContext): readonly RouteGroup[] {
  return [];
}
