import { Module } from '@nestjs/common';
import { AddContact } from './add-contact.js';
import { AddSite } from './add-site.js';
import { CompaniesController } from './companies.controller.js';
import { CreateCompany } from './create-company.js';
import { EditAgreement } from './edit-agreement.js';
import { EditCompany } from './edit-company.js';
import { EditContact } from './edit-contact.js';
import { EditSite } from './edit-site.js';
import { RecordAgreement } from './record-agreement.js';
import { RemoveContact } from './remove-contact.js';
import { SitesController } from './sites.controller.js';

@Module({
  controllers: [CompaniesController, SitesController],
  providers: [AddContact, AddSite, CreateCompany, EditAgreement, EditCompany, EditContact, EditSite, RecordAgreement, RemoveContact],
})
export class CompaniesModule {}
