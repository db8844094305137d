import { Module } from '@nestjs/common';
import { ReviewModule } from '../review/review.module.js';
import { MapController } from './map.controller.js';
import { MonthsController } from './months.controller.js';
import { ReadMonths } from './read-months.js';

/** What the records say together: the map, the month, the coverage. Reads only. */
@Module({ imports: [ReviewModule], controllers: [MapController, MonthsController], providers: [ReadMonths] })
export class InsightsModule {}
