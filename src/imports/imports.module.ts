import { Module } from '@nestjs/common';
import { Env } from '../../config/env.js';
import { Geocoder } from '../platform/geocoder.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Gazetteer } from './gazetteer.js';
import { ImportsController } from './imports.controller.js';
import { loadGazetteer } from './load-gazetteer.js';
import { LocateSites } from './locate-sites.js';
import { PreviewFile } from './preview-file.js';
import { ReadImport } from './read-import.js';
import { SweepReceivedFiles } from './received-file.js';
import { DeleteMapping, SaveMapping } from './save-mapping.js';
import { StartImport } from './start-import.js';
import { WriteRefused } from './write-refused.js';

@Module({
  controllers: [ImportsController],
  providers: [
    { provide: Gazetteer, useFactory: (env: Env) => loadGazetteer(env.GAZETTEER_FILE), inject: [Env] },
    { provide: LocateSites, useFactory: (unitOfWork: UnitOfWork, env: Env) => new LocateSites(unitOfWork, env.GEOCODER_URL ? new Geocoder(env.GEOCODER_URL) : null), inject: [UnitOfWork, Env] },
    DeleteMapping, PreviewFile, ReadImport, SaveMapping, StartImport, SweepReceivedFiles, WriteRefused,
  ],
  exports: [Gazetteer, LocateSites, ReadImport, StartImport],
})
export class ImportsModule {}
