import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Context } from '../../../src/platform/context.js';
import { change, type Command, commands, goingOn, told } from '../../support/introduction-commands.js';
import { IntroductionModel, type Manner } from '../../support/introduction-model.js';
import { IntroductionStory, START } from '../../support/introduction-story.js';
import { type IntroductionWorld, openIntroductionWorld } from '../../support/introduction-world.js';
import { makePerson, makeTerritory } from '../../support/world.js';

/** One command in the model alone. */
function tell(model: IntroductionModel, command: Command): void {
  model.now += 1_000;
  const deliver = (manner: Manner): void => model.waiting().forEach((at, turn) => model.deliver(at, turn === 0 ? manner : 'take'));
  switch (command.type) {
    case 'act': return void (command.crash === 'none' && told(model, command.who, command.act, command.stale));
    case 'send': case 'yes': {
      for (const { who, act } of goingOn(model, command)) told(model, who, act, false);
      if (command.type === 'yes') return;
      if (command.but !== null) change(model, command.but);
      return deliver(command.manner);
    }
    case 'deliver': return deliver(command.manner);
    case 'link': {
      const known = model.mails.flatMap(({ link }) => (link === null ? [] : [link]));
      return void model.answerByLink(command.token === 'good' ? (known[command.pick % Math.max(1, known.length)] ?? null) : null, command.answer);
    }
    case 'change': return change(model, command);
    case 'time': return void (model.now += command.seconds * 1_000);
  }
}

/** Sequences on the real database: 150, or as many as MAILLON_TEST_SEQUENCES says (1,000 take some minutes). */
const ON_DATABASE = Number(process.env['MAILLON_TEST_SEQUENCES'] ?? 150);

describe('an introduction', () => {
  // Two statements, since 1,000 sequences on a real database would take longer than everything else together: the rules keep
  // the promise in 1,000 and more random orders, in memory; and the database, the services and the mail do what those rules
  // say, compared after every single step, in 150 random orders, or in as many as one asks for.
  it('keeps promise P1 by its rules alone, in 1,000 random orders of everything that can happen', () => {
    let mails = 0;
    let names = 0;
    fc.assert(fc.property(fc.boolean(), fc.array(commands, { minLength: 20, maxLength: 60, size: 'max' }), (across, sequence) => {
      const model = new IntroductionModel(across, { output: 'o@entreprise.example', input: 'i@entreprise.example' }, START.getTime());
      for (const command of sequence) tell(model, command);
      for (const { message: at, approved, leaks, firstYes, bothYes, opposed, agreed } of model.mails) {
        const message = model.messages[at];
        expect({ approved, leaks, opposed, agreed }).toEqual({ approved: true, leaks: false, opposed: false, agreed: true });
        if (message.side !== model.firstSide) expect(firstYes).toBe(true);
        if (message.kind === 'names') expect(bothYes).toBe(true);
        const kept = model.mails.filter((mail) => mail.message === at && mail.kept).length;
        expect(kept).toBeLessThanOrEqual(1);
        if (kept === 1) expect(['sent', 'in-doubt', 'sending']).toContain(message.delivery);
        if (message.kind === 'names') names += 1;
      }
      mails += model.mails.length;
    }), { numRuns: 1_000 });
    process.stderr.write(`rules: 1000 sequences, ${mails} mails, ${names} of them with names\n`);
    expect(mails).toBeGreaterThan(1_000);
    expect(names).toBeGreaterThan(50);
  });

  describe('on the database, with a mail server', () => {
    let world: IntroductionWorld;
    let stranger: Context;
    beforeAll(async () => {
      world = await openIntroductionWorld();
      stranger = await makePerson(world.database, await makeTerritory(world.database, 'ailleurs'), ['advisor']);
    });
    afterAll(async () => {
      await world?.close();
    });

    it(`does what the rules say, step by step, in ${ON_DATABASE} random orders of everything that can happen, crashes between two statements included`, async () => {
      const counts: Record<string, number> = {};
      let mails = 0;
      await fc.assert(fc.asyncProperty(fc.boolean(), fc.array(commands, { minLength: 8, maxLength: 26, size: 'max' }), async (across, sequence) => {
        const story = await IntroductionStory.begin(world, across, stranger);
        for (const command of sequence) await story.apply(command);
        await story.end();
        for (const [what, count] of Object.entries(story.counts)) counts[what] = (counts[what] ?? 0) + count;
        mails += story.model.mails.length;
      }), { numRuns: ON_DATABASE, endOnFailure: true });
      process.stderr.write(`database: ${mails} mails, ${JSON.stringify(counts)}\n`);
      // The sequences reach what they are about.
      for (const what of ['mailer sent', 'mailer put-off', 'mailer refused', 'mailer in-doubt', 'mailer killed', 'mailer withheld', 'link ok', 'link link-not-valid', 'answer cut', 'answer lost']) expect([what, (counts[what] ?? 0) > 0]).toEqual([what, true]);
      expect(mails).toBeGreaterThan(75);
    }, 420_000 * Math.max(1, ON_DATABASE / 150));
  });
});
