import { Body, Controller, Get, Headers, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CurrentContext, RequirePermission } from '../access/permission.guard.js';
import type { Context } from '../platform/context.js';
import { expectedMoment, momentTag } from '../platform/http/etag.js';
import { UnitOfWork } from '../platform/postgres/unit-of-work.js';
import { AddContact } from './add-contact.js';
import { AddSite } from './add-site.js';
import { CompaniesPage, CompaniesQuery, CompanyBody, CompanyView, ConfidentialityAgreementBody, ContactBody, NewCompanyBody, NewSiteBody } from './companies.dto.js';
import { companySheet, searchCompanies } from './companies.queries.js';
import { agreementView, contactView, siteView } from './company-views.js';
import { CreateCompany } from './create-company.js';
import { EditCompany } from './edit-company.js';
import { CreatedView } from './fields.dto.js';
import { RecordAgreement } from './record-agreement.js';

const IF_MATCH = { name: 'If-Match', required: false, description: 'The ETag that was shown, `updatedAt` in quotes. Changed since: 412. Absent: whatever stands is changed.' };

@ApiTags('companies')
@Controller('companies')
export class CompaniesController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly createCompany: CreateCompany,
    private readonly editCompany: EditCompany,
    private readonly addSite: AddSite,
    private readonly addContact: AddContact,
    private readonly recordAgreement: RecordAgreement,
  ) {}

  @Get()
  @RequirePermission('company.read')
  @ApiOperation({ summary: 'Companies of the territory by name; merged doubles left out.' })
  @ApiOkResponse({ type: CompaniesPage })
  search(@CurrentContext() context: Context, @Query() { q, communeCode, referentId, after, limit }: CompaniesQuery): Promise<CompaniesPage> {
    return this.unitOfWork.read(context, (tx) => searchCompanies(tx, { text: q, communeCode, referentId, after, limit }));
  }

  @Get(':id')
  @RequirePermission('company.read')
  @ApiOperation({ summary: 'A company with its sites, contact people and confidentiality agreements.' })
  @ApiOkResponse({ type: CompanyView })
  async read(@CurrentContext() context: Context, @Param('id') id: string, @Res({ passthrough: true }) response: Response): Promise<CompanyView> {
    const { company, sites, contacts, agreements, referent, agreementValid } = await this.unitOfWork.read(context, (tx) => companySheet(tx, id));
    const { ref, name, siren, naf, nafRevision, groupRef, mergedIntoId, updatedAt } = company;
    response.setHeader('ETag', momentTag(updatedAt));
    return {
      id: company.id, ref, name, siren, naf, nafRevision, groupRef, referent, mergedIntoId, updatedAt, agreementValid,
      sites: sites.map(siteView), contacts: contacts.map(contactView), agreements: agreements.map(agreementView),
    };
  }

  @Post()
  @RequirePermission('company.edit')
  @ApiCreatedResponse({ type: CreatedView })
  create(@CurrentContext() context: Context, @Body() body: NewCompanyBody): Promise<CreatedView> {
    return this.createCompany.execute(context, body);
  }

  @Patch(':id')
  @HttpCode(204)
  @RequirePermission('company.edit')
  @ApiOperation({ summary: 'Absent fields stay, null clears.' })
  @ApiHeader(IF_MATCH)
  @ApiNoContentResponse()
  edit(@CurrentContext() context: Context, @Param('id') id: string, @Headers('if-match') ifMatch: string | undefined, @Body() body: CompanyBody): Promise<void> {
    return this.editCompany.execute(context, id, body, expectedMoment(ifMatch));
  }

  @Post(':id/sites')
  @RequirePermission('company.edit')
  @ApiCreatedResponse({ type: CreatedView })
  site(@CurrentContext() context: Context, @Param('id') id: string, @Body() body: NewSiteBody): Promise<CreatedView> {
    return this.addSite.execute(context, id, body);
  }

  @Post(':id/contacts')
  @RequirePermission('company.edit')
  @ApiCreatedResponse({ type: CreatedView })
  contact(@CurrentContext() context: Context, @Param('id') id: string, @Body() body: ContactBody): Promise<CreatedView> {
    return this.addContact.execute(context, id, body);
  }

  @Post(':id/confidentiality-agreements')
  @RequirePermission('company.edit')
  @ApiCreatedResponse({ type: CreatedView })
  agreement(@CurrentContext() context: Context, @Param('id') id: string, @Body() body: ConfidentialityAgreementBody): Promise<CreatedView> {
    return this.recordAgreement.execute(context, id, body);
  }
}
