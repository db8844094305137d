import { type INestApplication, RequestMethod } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { statedPermission } from '../../src/access/permission.guard.js';

export interface StatedRoute {
  /** `GET /api/session`. */
  route: string;
  /** `public`, `signed-in`, a permission, or undefined: nothing is stated and everyone is refused. */
  permission: string | undefined;
  handler: string;
}

/** Every route of every room with the permission it states, by route. */
export function statedPermissions(app: INestApplication): StatedRoute[] {
  const found: StatedRoute[] = [];
  for (const module of app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype !== 'function') continue;
      const prototype = metatype.prototype as Record<string, object>;
      const bases = paths(metatype);
      for (const name of Object.getOwnPropertyNames(prototype)) {
        const handler = prototype[name];
        const method = name === 'constructor' ? undefined : (Reflect.getMetadata('method', handler) as RequestMethod | undefined);
        if (method === undefined) continue;
        for (const base of bases) {
          for (const path of paths(handler)) {
            found.push({ route: `${RequestMethod[method]} /${['api', base, path].filter((part) => part !== '').join('/')}`, permission: statedPermission(handler), handler: `${metatype.name}.${name}` });
          }
        }
      }
    }
  }
  return found.sort((a, b) => (a.route < b.route ? -1 : 1));
}

function paths(target: object): string[] {
  const path = Reflect.getMetadata('path', target) as string | string[] | undefined;
  return [path ?? ''].flat().map((part) => part.replaceAll(/^\/+|\/+$/g, ''));
}
