import { Injectable } from '@nestjs/common';
import { loadMessages } from '../../config/load-config.js';
import type { Language } from '../access/access.entities.js';
import type { Permission } from '../access/permissions.js';
import type { Context } from '../platform/context.js';
import { localDayOf } from '../platform/iso-week.js';
import { Messages } from '../platform/messages.js';
import { type Transaction, UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Knowledge } from '../resources/knowledge.js';
import { timeZoneOf } from '../review/decided-pair.queries.js';
import { readerOf } from '../review/weekly-list.queries.js';
import { type ReviewWords, Wordings } from '../review/words.js';
import { type CategoryWords, coverageFigures, DISCUSSED, monthFigures } from './figures.js';
import { keepSmallBack, keepSmallCoverageBack, OTHERS } from './kept-back.js';
import { monthOf, monthsBetween } from './month.js';
import type { CoverageBody, MonthBody, MonthsBody } from './month.dto.js';
import { coverageRows, firstRunAt, monthFacts } from './month.queries.js';
import { monthCsv, monthWorkbook } from './month-file.js';
import { monthTable, type Say } from './month-table.js';

export interface MonthFile {
  name: string;
  type: string;
  content: Buffer;
}

interface ReadMonth {
  body: MonthBody;
  language: Language;
  territory: string;
}

const FILE_TYPES = { xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', csv: 'text/csv; charset=utf-8' } as const;

/** The figures of a month and of what is known, as this reader may see them: without `month.small-counts`, small counts are kept back. */
@Injectable()
export class ReadMonths {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
    private readonly wordings: Wordings,
  ) {}

  async months(context: Context): Promise<MonthsBody> {
    return this.unitOfWork.read(context, async (tx) => ({ months: monthsBetween((await firstRunAt(tx)) ?? tx.now, tx.now, await timeZoneOf(tx)) }));
  }

  /** @throws Problem 422 for what is no month */
  async month(context: Context, permissions: ReadonlySet<Permission>, name: string): Promise<MonthBody> {
    return (await this.read(context, permissions, name)).body;
  }

  /** The same as a file. @throws Problem 422 */
  async file(context: Context, permissions: ReadonlySet<Permission>, name: string, format: keyof typeof FILE_TYPES): Promise<MonthFile> {
    const { body, language, territory } = await this.read(context, permissions, name);
    const say = sayIn(language);
    const rows = monthTable(body, say, language);
    const content = format === 'xlsx' ? await monthWorkbook(rows, say('title', { territory, month: body.month }), say) : Buffer.from(monthCsv(rows, say, language));
    return { name: `maillon-${body.month}.${format}`, type: FILE_TYPES[format], content };
  }

  async coverage(context: Context, permissions: ReadonlySet<Permission>): Promise<CoverageBody> {
    return this.unitOfWork.read(context, async (tx) => {
      const rows = await coverageRows(tx, localDayOf(tx.now, await timeZoneOf(tx)));
      const figures = (together: ReadonlySet<string>): CoverageBody => coverageFigures(rows, this.categories(together));
      return seesSmall(permissions) ? figures(new Set()) : keepSmallCoverageBack(figures);
    });
  }

  private read(context: Context, permissions: ReadonlySet<Permission>, name: string): Promise<ReadMonth> {
    return this.unitOfWork.read(context, async (tx) => {
      const month = monthOf(name, await timeZoneOf(tx));
      const facts = await monthFacts(tx, month);
      const { words } = await readerOf(tx, this.wordings, this.knowledge);
      const figures = (together: ReadonlySet<string>): MonthBody => monthFigures(month, tx.now, facts, {
        category: this.categories(together), reason: (slug) => reasonLabel(words, slug), gate: (gate) => words.explanation.gate(gate),
      });
      const body = seesSmall(permissions) ? figures(new Set()) : keepSmallBack(figures);
      return {
        body: { ...body, reasons: body.reasons.map((row) => (row.reason === OTHERS ? { ...row, label: sayIn(words.language)('others') } : row)) },
        language: words.language, territory: await territoryName(tx),
      };
    }, { across: true });
  }

  private categories(together: ReadonlySet<string>): (slug: string) => CategoryWords | undefined {
    return (slug) => {
      const category = this.knowledge.category(slug);
      return category && { family: together.has(category.family) ? null : category.family, label: category.label, unit: category.baseUnit };
    };
  }
}

function seesSmall(permissions: ReadonlySet<Permission>): boolean {
  return permissions.has('month.small-counts');
}

function reasonLabel(words: ReviewWords, slug: string): string {
  return slug === DISCUSSED ? words.say('discussed') : words.reason(slug);
}

async function territoryName(tx: Transaction): Promise<string> {
  const [row] = await tx.sql<{ name: string }>('SELECT name FROM territory WHERE id = $1', [tx.context.territoryId]);
  return row.name;
}

function sayIn(language: Language): Say {
  const messages = new Messages(language, loadMessages('insights', language));
  return (key, values) => messages.say(key, values);
}
