import { Body, Controller, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { LimitAnswerLinks } from '../access/limit-attempts.js';
import { Public } from '../access/permission.guard.js';
import { AnswerByLink } from './answer-by-link.js';
import { AskedCompanyView, LinkAnswerBody, LinkAnswerRequest, LinkRequest } from './introductions.dto.js';

/** For a company that was written to: it has a link and no account. The token comes in the body, so that no log and no mail scanner sees it used. */
@ApiTags('answer link')
@Controller('answer-link')
export class AnswerLinkController {
  constructor(private readonly answerByLink: AnswerByLink) {}

  @Post('look')
  @HttpCode(200)
  @Public()
  @UseGuards(LimitAnswerLinks)
  @ApiOperation({ operationId: 'lookByLink', summary: 'What is asked behind a link; answers nothing.' })
  @ApiOkResponse({ type: AskedCompanyView })
  look(@Body() { token }: LinkRequest, @Req() request: Request & { id?: string }): Promise<AskedCompanyView> {
    return this.answerByLink.look(token, request.id ?? null);
  }

  @Post('answer')
  @HttpCode(200)
  @Public()
  @UseGuards(LimitAnswerLinks)
  @ApiOperation({ operationId: 'answerByLink', summary: 'The company answers.' })
  @ApiOkResponse({ type: LinkAnswerBody })
  answer(@Body() body: LinkAnswerRequest, @Req() request: Request & { id?: string }): Promise<LinkAnswerBody> {
    return this.answerByLink.execute(body, request.id ?? null);
  }
}
