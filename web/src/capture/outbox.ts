import { api, currentPersonId, sendSignedIn, type Session } from '../api/client';
import { type ApiProblem, asProblem } from '../api/problem';
import type { Category } from '../flow-form/typed-flow';
import type { Capture, SentCapture } from './capture';
import { forgetCapture, keepCapture, keptCaptures } from './kept-captures';
import { sendCapture } from './send-capture';

/** Between two tries while something waits, where the browser does not tell that the network is back. */
const TRY_AGAIN_MS = 15_000;
const SHOWN_SENT = 8;

export interface OutboxState {
  captures: readonly Capture[];
  /** The last ones sent since the page was opened, the newest first. */
  sent: readonly SentCapture[];
  sending: boolean;
  /** This device keeps nothing: what waits is lost with the page. */
  forgetful: boolean;
}

/**
 * What was captured and is not with the server yet, of one person in one territory. It goes on sending while other pages are open,
 * one capture at a time and in their order; what was refused waits for a person.
 */
export class Outbox {
  private state: OutboxState;
  private readonly listeners = new Set<() => void>();
  private running = false;
  private again = false;
  private categories: readonly Category[] = [];

  constructor(private readonly personId: string, private readonly territoryId: string) {
    this.state = { captures: keptCaptures(personId, territoryId), sent: [], sending: false, forgetful: false };
    window.addEventListener('online', () => void this.flush());
    setInterval(() => void this.flush(), TRY_AGAIN_MS);
  }

  subscribe = (listen: () => void): (() => void) => {
    this.listeners.add(listen);
    return () => void this.listeners.delete(listen);
  };

  read = (): OutboxState => this.state;

  /** What units and labels are made of. */
  know(categories: readonly Category[]): void {
    this.categories = categories;
    void this.flush();
  }

  /** Keeps a capture and sends it as soon as it can; one with the same id that was refused is replaced. */
  add(capture: Omit<Capture, 'personId' | 'territoryId' | 'state' | 'attempted' | 'refusal'>): void {
    const whole: Capture = { ...capture, personId: this.personId, territoryId: this.territoryId, state: 'waiting', attempted: false, refusal: null };
    this.put(whole);
    void this.flush();
  }

  discard(id: string): void {
    forgetCapture(id);
    this.change({ captures: this.state.captures.filter((one) => one.id !== id) });
  }

  /** Sends everything that waits; asked while it runs, it tries once more afterwards. */
  async flush(): Promise<void> {
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    do {
      this.again = false;
      await this.sendAll();
    } while (this.again);
    this.running = false;
  }

  private async sendAll(): Promise<void> {
    // A quantity without its unit is said in the category's: nothing may leave before these are known.
    if (this.categories.length === 0) return;
    const tried = new Set<string>();
    for (;;) {
      const next = this.state.captures.find(({ id, state }) => state === 'waiting' && !tried.has(id));
      if (!next || !(await this.isOurTurn())) return;
      tried.add(next.id);
      this.change({ sending: true });
      this.patch(next.id, { attempted: true });
      try {
        const sent = await sendCapture(next, this.categories, (part) => this.patch(next.id, part));
        this.discard(next.id);
        this.change({ sent: [sent, ...this.state.sent].slice(0, SHOWN_SENT) });
      } catch (error) {
        const problem = asProblem(error);
        if (isPassing(problem)) return;
        this.patch(next.id, { state: 'refused', refusal: { code: problem.code, detail: problem.detail, errors: problem.errors } });
      } finally {
        this.change({ sending: false });
      }
    }
  }

  /** The session may have become somebody else's, or gone to another territory, in this window or another. */
  private async isOurTurn(): Promise<boolean> {
    if (currentPersonId() !== this.personId) return false;
    try {
      const { person, territory } = await sendSignedIn(() => api.GET('/api/session'));
      return person.id === this.personId && territory.id === this.territoryId;
    } catch {
      return false;
    }
  }

  private patch(id: string, part: Partial<Capture>): void {
    const found = this.state.captures.find((one) => one.id === id);
    if (found) this.put({ ...found, ...part });
  }

  private put(capture: Capture): void {
    const kept = keepCapture(capture);
    const known = this.state.captures.some(({ id }) => id === capture.id);
    this.change({ forgetful: !kept, captures: known ? this.state.captures.map((one) => (one.id === capture.id ? capture : one)) : [...this.state.captures, capture] });
  }

  private change(part: Partial<OutboxState>): void {
    this.state = { ...this.state, ...part };
    this.listeners.forEach((listen) => listen());
  }
}

/** Nothing is wrong with what was sent: it may go again as it is. */
function isPassing(problem: ApiProblem): boolean {
  return problem.passing || problem.status === 429 || problem.status === 500 || problem.code === 'other-person';
}

const outboxes = new Map<string, Outbox>();

/** The outbox of who is signed in. */
export function outboxOf({ person, territory }: Session): Outbox {
  const key = `${person.id} ${territory.id}`;
  const outbox = outboxes.get(key) ?? new Outbox(person.id, territory.id);
  outboxes.set(key, outbox);
  return outbox;
}
