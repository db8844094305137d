import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Put, Query, StreamableFile, UploadedFile, UseInterceptors } from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { ApiAcceptedResponse, ApiBody, ApiConsumes, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { CurrentContext, RequirePermission } from '../access/permission.guard.js';
import { PageQuery } from '../companies/fields.dto.js';
import type { Context } from '../platform/context.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { Problem } from '../platform/problem.js';
import { Knowledge } from '../resources/knowledge.js';
import { ColumnView, ImportErrorsPage, ImportErrorsQuery, ImportFileForm, ImportForm, ImportsPage, ImportView, MappingBody, MappingView, SheetPreviewView, StartedImportView } from './imports.dto.js';
import { importErrors, importReport, listImports, listMappings } from './imports.queries.js';
import { headerIndex } from './plan-sheets.js';
import { PreviewFile } from './preview-file.js';
import { ForgetReceivedFile, RECEIVED_FOLDER, type ReceivedFile } from './received-file.js';
import { DeleteMapping, SaveMapping } from './save-mapping.js';
import { StartImport } from './start-import.js';
import { LARGEST_FILE } from './table-file.js';
import { WriteRefused } from './write-refused.js';

const RECEIVE = FileInterceptor('file', { dest: RECEIVED_FOLDER, limits: { fileSize: LARGEST_FILE, files: 1, fields: 8 } });

/** @throws Problem 422 when the form holds no file */
function present(file: ReceivedFile | undefined): ReceivedFile {
  if (!file) throw new Problem(422, 'no-file', 'Send the file as the field "file" of a form.', [{ field: 'file', code: 'missing', found: 'nothing', expected: 'a CSV file or .xlsx workbook' }]);
  return file;
}

/** Form parsers read names of files as Latin-1; browsers send UTF-8. */
function nameOf(file: ReceivedFile): string {
  const bytes = Buffer.from(file.originalname, 'latin1');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') || bytes.toString('latin1') !== file.originalname ? file.originalname : text;
}

@ApiTags('imports')
@Controller('imports')
export class ImportsController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly knowledge: Knowledge,
    private readonly startImport: StartImport,
    private readonly previewFile: PreviewFile,
    private readonly writeRefused: WriteRefused,
    private readonly saveMapping: SaveMapping,
    private readonly deleteMapping: DeleteMapping,
  ) {}

  @Post()
  @HttpCode(202)
  @RequirePermission('import.start')
  @UseInterceptors(RECEIVE, ForgetReceivedFile)
  @ApiOperation({ summary: 'Hands a file in; it is read in the background.' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: ImportFileForm })
  @ApiAcceptedResponse({ type: StartedImportView })
  async start(@CurrentContext() context: Context, @UploadedFile() received: ReceivedFile | undefined, @Body() { kind, mapping }: ImportForm): Promise<StartedImportView> {
    const file = present(received);
    return this.startImport.execute(context, { fileName: nameOf(file), kind, mappingName: mapping, stream: createReadStream(file.path) });
  }

  @Post('preview')
  @HttpCode(200)
  @RequirePermission('import.start')
  @UseInterceptors(RECEIVE, ForgetReceivedFile)
  @ApiOperation({ summary: 'What a file would be read as, and what unknown headers may mean; stores nothing.' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: ImportFileForm })
  @ApiOkResponse({ type: [SheetPreviewView] })
  async preview(@CurrentContext() context: Context, @UploadedFile() received: ReceivedFile | undefined, @Body() { kind, mapping }: ImportForm): Promise<SheetPreviewView[]> {
    const { path } = present(received);
    return this.previewFile.execute(context, { source: () => createReadStream(path), kind, mappingName: mapping });
  }

  @Get()
  @RequirePermission('import.read')
  @ApiOperation({ summary: 'Imports of the territory, the newest first.' })
  @ApiOkResponse({ type: ImportsPage })
  list(@CurrentContext() context: Context, @Query() query: PageQuery): Promise<ImportsPage> {
    return this.unitOfWork.read(context, (tx) => listImports(tx, query));
  }

  @Get('columns')
  @RequirePermission('import.read')
  @ApiOperation({ summary: 'The columns that a file may have.' })
  @ApiOkResponse({ type: [ColumnView] })
  columns(): ColumnView[] {
    return headerIndex(this.knowledge).columns.map(({ key, part, fr, en, unit, example }) => ({ key, part, fr, en, unit, example }));
  }

  @Get('mappings')
  @RequirePermission('import.read')
  @ApiOkResponse({ type: [MappingView] })
  mappings(@CurrentContext() context: Context): Promise<MappingView[]> {
    return this.unitOfWork.read(context, (tx) => listMappings(tx));
  }

  @Put('mappings/:name')
  @HttpCode(204)
  @RequirePermission('import.start')
  @ApiOperation({ summary: 'Saves a mapping of column names; an earlier one of the same name is replaced.' })
  @ApiNoContentResponse()
  save(@CurrentContext() context: Context, @Param('name') name: string, @Body() body: MappingBody): Promise<void> {
    return this.saveMapping.execute(context, { name, ...body });
  }

  @Delete('mappings/:name')
  @HttpCode(204)
  @RequirePermission('import.start')
  @ApiNoContentResponse()
  forget(@CurrentContext() context: Context, @Param('name') name: string): Promise<void> {
    return this.deleteMapping.execute(context, name);
  }

  @Get(':id')
  @RequirePermission('import.read')
  @ApiOkResponse({ type: ImportView })
  read(@CurrentContext() context: Context, @Param('id') id: string): Promise<ImportView> {
    return this.unitOfWork.read(context, (tx) => importReport(tx, id));
  }

  @Get(':id/errors')
  @RequirePermission('import.read')
  @ApiOperation({ summary: 'What is wrong with the refused rows, in the order of the file.' })
  @ApiOkResponse({ type: ImportErrorsPage })
  errors(@CurrentContext() context: Context, @Param('id') id: string, @Query() query: ImportErrorsQuery): Promise<ImportErrorsPage> {
    return this.unitOfWork.read(context, (tx) => importErrors(tx, id, query));
  }

  @Get(':id/refused.csv')
  @RequirePermission('import.read')
  @Header('Content-Disposition', 'attachment; filename="refused.csv"')
  @ApiOperation({ summary: 'The refused rows with their errors, to be mended and imported again.' })
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  async refused(@CurrentContext() context: Context, @Param('id') id: string): Promise<StreamableFile> {
    return new StreamableFile(Readable.from(await this.writeRefused.execute(context, id), { objectMode: false }), { type: 'text/csv; charset=utf-8' });
  }
}
