import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Env } from '../../config/env.js';
import { CurrentContext, RequirePermission } from '../access/permission.guard.js';
import type { Context } from '../platform/context.js';
import { localDayOf } from '../platform/iso-week.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Knowledge } from '../resources/knowledge.js';
import { timeZoneOf } from '../review/decided-pair.queries.js';
import { MapBody, MapLinks, MapSettings } from './map.dto.js';
import { mapLinks, territoryMap } from './map.queries.js';

/** The map of the territory; names of companies are on it. */
@ApiTags('map')
@Controller('map')
export class MapController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
    private readonly env: Env,
  ) {}

  @Get()
  @RequirePermission('map.read')
  @ApiOperation({ operationId: 'getMap', summary: 'Sites of the territory and their flows, as columns.' })
  @ApiOkResponse({ type: MapBody })
  map(@CurrentContext() context: Context): Promise<MapBody> {
    return this.unitOfWork.read(context, (tx) => territoryMap(tx, this.knowledge));
  }

  @Get('links')
  @RequirePermission('candidate.read')
  @ApiOperation({ operationId: 'getMapLinks', summary: 'Undecided leads, open introductions and running synergies as lines.' })
  @ApiOkResponse({ type: MapLinks })
  links(@CurrentContext() context: Context): Promise<MapLinks> {
    return this.unitOfWork.read(context, async (tx) => ({ links: await mapLinks(tx, this.knowledge, localDayOf(tx.now, await timeZoneOf(tx))) }), { across: true });
  }

  @Get('settings')
  @RequirePermission('map.read')
  @ApiOperation({ operationId: 'getMapSettings', summary: 'The raster under the map, if the operator has named one.' })
  @ApiOkResponse({ type: MapSettings })
  settings(): MapSettings {
    return { tilesUrl: this.env.MAP_TILES_URL ?? null, tilesCredit: this.env.MAP_TILES_URL === undefined ? null : (this.env.MAP_TILES_CREDIT ?? null) };
  }
}
