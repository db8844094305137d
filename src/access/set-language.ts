import { Injectable } from '@nestjs/common';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import type { Language } from './access.entities.js';

/** One's own language, for screens and mails. */
@Injectable()
export class SetLanguage {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async execute(context: Context & { personId: string }, language: Language): Promise<void> {
    await this.unitOfWork.write(context, async (tx) => {
      await tx.sql('UPDATE person SET language = $2 WHERE id = $1', [context.personId, language]);
      await tx.audit({ action: 'person.language-set', subjectType: 'person', subjectId: context.personId, data: { language } });
    });
  }
}
