import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor, type OnModuleInit } from '@nestjs/common';
import type { Request } from 'express';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, type Observable, of } from 'rxjs';

/** What the form parser leaves on disk: a slow sender holds no connection of the database. */
export interface ReceivedFile {
  path: string;
  originalname: string;
}

/** Where files are received: a folder of this account alone, shared by the processes of one machine. */
export const RECEIVED_FOLDER = join(tmpdir(), `maillon-received-${process.getuid?.() ?? 'files'}`);

/** No request lasts as long: what is older was left by a process that was killed. */
const STALE_MS = 3_600_000;

/**
 * Removes a received file once its route has answered or refused. Stated after the form parser, it stands around the
 * reading of the form's fields too, so that a field that is refused leaves no file either.
 */
@Injectable()
export class ForgetReceivedFile implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const { file } = context.switchToHttp().getRequest<Request & { file?: ReceivedFile }>();
    try {
      return of(await lastValueFrom(next.handle(), { defaultValue: undefined }));
    } finally {
      if (file !== undefined) await rm(file.path, { force: true });
    }
  }
}

/**
 * Removes files that are older than an hour.
 * @param nowMs milliseconds since 1970 by the machine's clock, which is the one that files are dated by
 */
export async function sweepReceivedFiles(folder: string, nowMs: number): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const changed = await stat(path).catch(() => null);
    if (changed?.isFile() === true && nowMs - changed.mtimeMs > STALE_MS) await rm(path, { force: true });
  }
}

/** Sweeps the folder when the process starts. */
@Injectable()
export class SweepReceivedFiles implements OnModuleInit {
  async onModuleInit(): Promise<void> {
    await sweepReceivedFiles(RECEIVED_FOLDER, Date.now());
  }
}
