import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Res } from '@nestjs/common';
import { ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentContext, RequirePermission } from '../access/permission.guard.js';
import type { Context } from '../platform/context.js';
import { expectedMoment, momentTag } from '../platform/http/etag.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { ConfidentialityAgreementPatch, ContactBody, SiteBody, SiteView } from './companies.dto.js';
import { readSite } from './companies.queries.js';
import { siteView } from './company-views.js';
import { EditAgreement } from './edit-agreement.js';
import { EditContact } from './edit-contact.js';
import { EditSite } from './edit-site.js';
import { RemoveContact } from './remove-contact.js';

const IF_MATCH = { name: 'If-Match', required: false, description: 'The ETag that was shown, `updatedAt` in quotes. Changed since: 412. Absent: whatever stands is changed.' };

/** What hangs on a company, one by one: sites, contact people, confidentiality agreements. Absent fields stay, null clears. */
@ApiTags('companies')
@Controller()
export class SitesController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly editSite: EditSite,
    private readonly editContact: EditContact,
    private readonly removeContact: RemoveContact,
    private readonly editAgreement: EditAgreement,
  ) {}

  @Get('sites/:id')
  @RequirePermission('company.read')
  @ApiOkResponse({ type: SiteView })
  async read(@CurrentContext() context: Context, @Param('id') id: string, @Res({ passthrough: true }) response: Response): Promise<SiteView> {
    const site = await this.unitOfWork.read(context, (tx) => readSite(tx, id));
    response.setHeader('ETag', momentTag(site.updatedAt));
    return siteView(site);
  }

  @Patch('sites/:id')
  @HttpCode(204)
  @RequirePermission('company.edit')
  @ApiHeader(IF_MATCH)
  @ApiNoContentResponse()
  edit(@CurrentContext() context: Context, @Param('id') id: string, @Headers('if-match') ifMatch: string | undefined, @Body() body: SiteBody): Promise<void> {
    return this.editSite.execute(context, id, body, expectedMoment(ifMatch));
  }

  @Patch('contacts/:id')
  @HttpCode(204)
  @RequirePermission('company.edit')
  @ApiNoContentResponse()
  contact(@CurrentContext() context: Context, @Param('id') id: string, @Body() body: ContactBody): Promise<void> {
    return this.editContact.execute(context, id, body);
  }

  @Delete('contacts/:id')
  @HttpCode(204)
  @RequirePermission('company.edit')
  @ApiNoContentResponse()
  remove(@CurrentContext() context: Context, @Param('id') id: string): Promise<void> {
    return this.removeContact.execute(context, id);
  }

  @Patch('confidentiality-agreements/:id')
  @HttpCode(204)
  @RequirePermission('company.edit')
  @ApiNoContentResponse()
  agreement(@CurrentContext() context: Context, @Param('id') id: string, @Body() body: ConfidentialityAgreementPatch): Promise<void> {
    return this.editAgreement.execute(context, id, body);
  }
}
