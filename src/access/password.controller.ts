import { Body, Controller, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { AskPasswordReset } from './ask-password-reset.js';
import { LimitPasswordChanges, LimitResetRequests } from './limit-attempts.js';
import { Public } from './permission.guard.js';
import { RedeemToken } from './redeem-token.js';
import { RedeemBody, ResetRequestBody } from './session.dto.js';

/** For those who cannot sign in (yet). */
@ApiTags('session')
@Controller('password')
export class PasswordController {
  constructor(
    private readonly askPasswordReset: AskPasswordReset,
    private readonly redeemToken: RedeemToken,
  ) {}

  @Post('reset-request')
  @HttpCode(202)
  @Public()
  @UseGuards(LimitResetRequests)
  @ApiAcceptedResponse({ description: 'The same whether the address is known or not.' })
  async ask(@Body() body: ResetRequestBody, @Req() request: Request & { id?: string }): Promise<void> {
    await this.askPasswordReset.execute(body.email, request.id ?? null);
  }

  @Post('redeem')
  @HttpCode(204)
  @Public()
  @UseGuards(LimitPasswordChanges)
  @ApiNoContentResponse()
  async redeem(@Body() body: RedeemBody, @Req() request: Request & { id?: string }): Promise<void> {
    await this.redeemToken.execute(body, request.id ?? null);
  }
}
