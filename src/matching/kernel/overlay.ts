import { flowGate } from './gates.js';
import { type KernelIndex, layInputs } from './kernel-index.js';
import { checkFlows } from './kernel-input.js';
import { LivePairs } from './live-pairs.js';
import { type Found, type List, ListShape, NO_LIST } from './list-shape.js';
import { LiveSide } from './live-side.js';
import { thresholdOf } from './match.js';
import type { Matches, ScoredPair } from './matches.js';
import { NO_SCORE } from './pair-scorer.js';
import { ReverseSearch } from './reverse.js';
import { POINTS_PER_NAT } from './score.js';
import type { MatchOptions } from './search.js';
import { Searcher } from './searcher.js';
import type { FlowArrays } from './snapshot.js';

/** What somebody did to one flow since the index was built. */
export interface FlowEdit {
  side: 'output' | 'input';
  /** Natural key; one that the snapshot does not hold is a new flow. */
  key: string;
  /** The flow as it is now, as arrays of length 1 that point into the lists of the index's snapshot (a company that is not in it: any number from `companies.length` up); null: withdrawn. */
  flow: FlowArrays | null;
}

/** Pairs that came into and went out of the lists of outputs, by output and then best first; a pair whose score changed is in both. */
export interface EditEffect {
  entered: ScoredPair[];
  left: ScoredPair[];
}

/** From so many new inputs at once on, they are laid out in trees of their own and searched for by all outputs. */
const MANY = 64;

/**
 * The matches of an index kept true while single flows are recorded, edited and withdrawn, without a new index: always what
 * a new run over the flows as they are now would find (promise of the tests), given the same policy, knowledge and blocks.
 * Flows of the index keep their numbers; a flow in a new form is a row of `ExtraFlows`, numbered after them, and its old
 * form is dead. Matches of more than are to be kept are a reserve: a list is searched for again only when it has lost so many
 * inputs that fewer than that are left, and others may be behind its horizon.
 */
export class Overlay {
  private readonly base: KernelIndex;
  private readonly topK: number;
  private readonly shape: ListShape;
  private readonly output: LiveSide;
  private readonly input: LiveSide;
  private readonly pairs: LivePairs;
  /** Lists that differ from the matches. */
  private readonly lists = new Map<number, List>();
  /** Made when first asked. */
  private reverse: ReverseSearch | null = null;
  private itemOf: Int32Array | null = null;
  private holders: { start: Uint32Array; output: Int32Array } | null = null;
  private readonly newHolders = new Map<number, Set<number>>();
  private searchers!: [base: Searcher, extra: Searcher];

  /** @param options those that `matches` were made with; `keep`: so many an output are asked for, all of the matches' unless told */
  constructor(
    index: KernelIndex,
    private readonly matches: Matches,
    private readonly options: Pick<MatchOptions, 'floor'> & { keep?: number } = {},
  ) {
    const { snapshot, knowledge } = index.kernel;
    this.topK = matches.topK;
    this.output = new LiveSide(snapshot.outputs, snapshot.outputKeys, knowledge.categories.length);
    this.input = new LiveSide(snapshot.inputs, snapshot.inputKeys, knowledge.categories.length);
    this.shape = new ListShape(matches.topK, options.keep ?? matches.topK, this.input);
    this.base = { ...index, dead: this.input.dead };
    this.pairs = new LivePairs(this.base, this.output, this.input);
    this.makeSearchers();
  }

  /** Takes one edit up. Numbers from `snapshot.outputs.count` (`inputs.count`) up are new flows, in the order of their edits. @throws for a flow that `prepare` would refuse, by name */
  edit(edit: FlowEdit): EditEffect {
    return this.editAll([edit]);
  }

  /** Takes edits up, the last of a flow counting: the same as one after another, and less work. */
  editAll(edits: readonly FlowEdit[]): EditEffect {
    edits.forEach(({ flow, key, side }, at) => flow !== null && checkFlows(`edits[${at}].flow (${side} ${key})`, flow, this.base.kernel.snapshot, [key]));
    const last = [...new Map(edits.map((edit) => [`${edit.side} ${edit.key}`, edit])).values()];
    const before = new Map<number, List>();
    const touch = (output: number, list: List): void => void (before.has(output) || before.set(output, list));
    const gone = { output: [] as number[], input: [] as number[] };
    const come = { output: new Set<number>(), input: [] as number[] };
    const numbers = new Map(last.map((edit) => [edit, this[edit.side].numberOf(edit.key, edit.flow !== null)]));
    // Rows in the order of natural keys, so that a tie among new inputs goes by row as well.
    for (const edit of last.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))) {
      const number = numbers.get(edit) ?? null;
      if (number === null) continue;
      const row = this[edit.side].rowOf(number);
      if (row !== -1) gone[edit.side].push(row);
      if (edit.flow === null) continue;
      const made = this.add(edit.side, edit.flow, number);
      if (edit.side === 'output') come.output.add(made);
      else come.input.push(made);
    }
    // Whoever held an input that is gone loses it, and looks again if too few are left.
    const short = new Set<number>();
    for (const input of gone.input) {
      for (const output of this.holdersOf(input)) {
        const list = this.list(output);
        const at = list.input.indexOf(input);
        if (at < 0) continue;
        touch(output, list);
        const left = this.shape.without(list, at);
        if (this.shape.isShort(left)) short.add(output);
        this.setList(output, list, left);
      }
      this.input.bury(input);
    }
    for (const output of gone.output) {
      const list = this.list(output);
      touch(output, list);
      this.setList(output, list, NO_LIST);
      short.delete(output);
      this.output.bury(output);
      if (!this.output.isExtra(output)) this.reverse?.note(output, Infinity);
    }
    for (const side of ['input', 'output'] as const) {
      for (const row of come[side]) {
        this[side].show(row);
        this.pairs.block(side, this[side].local(row));
      }
    }
    const many = come.input.length >= MANY ? this.searcherOfExtra() : null;
    for (const [output, all] of this.findFor(come.input, many)) {
      if (come.output.has(output)) continue;
      const list = this.list(output);
      const found = all.filter((one) => !list.input.includes(one.input) && this.shape.isBefore(one, list.horizon));
      if (found.length === 0) continue;
      touch(output, list);
      const merged = this.shape.merge(list, found);
      if (!this.shape.isShort(merged)) short.delete(output);
      this.setList(output, list, merged);
    }
    for (const output of [...short, ...come.output]) {
      const list = this.list(output);
      touch(output, list);
      this.setList(output, list, this.searchFor(output, list, many));
    }
    return this.effect(before);
  }

  /** The list of an output by its number, best first; ties by natural key. */
  listOf(output: number): ScoredPair[] {
    const row = this.output.rowOf(output);
    return row === -1 ? [] : this.pairsOf(row, this.list(row));
  }

  /** Natural key of a flow by its number, new flows included. */
  keyOf(side: 'output' | 'input', number: number): string {
    return this[side].keyOf(number);
  }

  private add(side: 'output' | 'input', flow: FlowArrays, number: number): number {
    const { extra } = this[side];
    if (extra.makeRoom(flow)) {
      this.pairs.renew();
      this.makeSearchers();
    }
    const row = this[side].add(flow, number);
    const at = this[side].local(row);
    const { book } = this.base;
    if (flowGate(this.pairs.kernel(side === 'output', side === 'input'), side, at) === null) {
      extra.profile[at] = side === 'output' ? book.outputProfile(extra.flows, at) : book.inputProfile(extra.flows, at);
    }
    return row;
  }

  private makeSearchers(): void {
    const kernel = this.pairs.kernel(true, false);
    this.searchers = [new Searcher(this.base, this.topK), new Searcher({ ...this.base, kernel, outputProfile: this.output.extra.profile }, this.topK, this.pairs.scorer(true, false))];
  }

  private leastPoints(output: number): number {
    const { kernel } = this.base;
    if (this.options.floor === 'audit') return kernel.policy.auditFloorPoints;
    return thresholdOf(this.pairs.kernel(this.output.isExtra(output), false), this.output.local(output));
  }

  private list(output: number): List {
    const known = this.lists.get(output);
    if (known !== undefined) return known;
    if (this.output.isExtra(output)) return NO_LIST;
    const { start, input, z } = this.matches;
    const list: [input: number[], z: number[]] = [[], []];
    for (let at = start[output]; at < start[output + 1]; at += 1) {
      list[0].push(input[at]);
      list[1].push(z[at]);
    }
    return this.shape.upTo(...list);
  }

  private setList(output: number, { input: before }: List, list: List): void {
    this.lists.set(output, list);
    if (!this.output.isExtra(output)) this.reverse?.note(output, this.wanted(output) / POINTS_PER_NAT);
    for (const input of list.input) {
      if (before.includes(input)) continue;
      const holders = this.newHolders.get(input);
      if (holders === undefined) this.newHolders.set(input, new Set([output]));
      else holders.add(output);
    }
  }

  /** Outputs that may hold an input: those that did when the matches were made, and those that were given it since. */
  private holdersOf(input: number): Set<number> {
    const { start, input: held } = this.matches;
    if (this.holders === null) {
      const count = new Uint32Array(this.input.count + 1);
      for (const one of held) count[one + 1] += 1;
      for (let at = 1; at < count.length; at += 1) count[at] += count[at - 1];
      const output = new Int32Array(held.length);
      const filled = count.slice();
      for (let one = 0; one < start.length - 1; one += 1) for (let at = start[one]; at < start[one + 1]; at += 1) output[filled[held[at]]++] = one;
      this.holders = { start: count, output };
    }
    const { holders } = this;
    const old = this.input.isExtra(input) ? [] : holders.output.subarray(holders.start[input], holders.start[input + 1]);
    return new Set([...old, ...(this.newHolders.get(input) ?? [])]);
  }

  /** New inputs that outputs want, by output. @param many searches all extra inputs; null: the few are tried one by one */
  private findFor(inputs: readonly number[], many: Searcher | null): Map<number, Found[]> {
    const found = new Map<number, Found[]>();
    const give = (output: number, input: number, z: number): void => {
      const own = found.get(output);
      if (own === undefined) found.set(output, [{ input, z }]);
      else own.push({ input, z });
    };
    for (let at = 0; many !== null && at < this.base.order.length; at += 1) {
      const output = this.base.order[at];
      if (!this.output.isAlive(output)) continue;
      many.forget();
      many.search(output, this.wanted(output));
      for (let one = 0; one < many.found; one += 1) give(output, this.input.count + many.input[one], many.z[one]);
    }
    for (const input of inputs) this.eachWanting(input, give, many === null);
    return found;
  }

  /** Least points at which an output takes a pair in. */
  private wanted(output: number): number {
    const least = this.leastPoints(output);
    const list = this.lists.get(output);
    if (list !== undefined) return list.horizon === null ? least : Math.max(least, list.horizon.z * POINTS_PER_NAT);
    if (this.output.isExtra(output)) return least;
    const { start, z } = this.matches;
    return start[output + 1] - start[output] < this.topK ? least : Math.max(least, z[start[output + 1] - 1] * POINTS_PER_NAT);
  }

  /** Every output in reach of one new input. @param base the outputs of the index as well, and not only the extra ones */
  private eachWanting(input: number, give: (output: number, input: number, z: number) => void, base: boolean): void {
    const { extra } = this.input;
    const at = this.input.local(input);
    if (extra.profile[at] < 0) return;
    const { kernel } = this.base;
    const category = extra.flows.category[at];
    const [x, y, z] = extra.flows.place.subarray(3 * at, 3 * at + 3);
    const cost = this.pairs.ownCost(extra.flows, at);
    const offer = (output: number): void => {
      const score = this.pairs.scoreOf(output, input);
      if (score !== NO_SCORE && score * POINTS_PER_NAT >= this.wanted(output) && this.output.isAlive(output)) give(output, input, score);
    };
    kernel.knowledge.reachable.forEach((reachable, from) => {
      if (!reachable.includes(category)) return;
      if (base) this.reverseSearch().each(from, category, x, y, z, this.pairs.farthest(from, category), cost, offer);
      this.output.ofCategory[from].forEach(offer);
    });
  }

  private reverseSearch(): ReverseSearch {
    return (this.reverse ??= new ReverseSearch(this.base, (output) => this.wanted(output) / POINTS_PER_NAT));
  }

  /** Trees over all live extra inputs, for outputs of the index. */
  private searcherOfExtra(): Searcher {
    const { extra } = this.input;
    const profiles = extra.profile.map((profile, at) => (extra.alive[at] ? profile : -1));
    const rank = new Int32Array(profiles.length);
    const rows = Array.from({ length: extra.used }, (_, at) => this.input.count + at).sort((a, b) => this.input.compare(a, b));
    rows.forEach((row, at) => (rank[this.input.local(row)] = at));
    const kernel = this.pairs.kernel(false, true);
    return new Searcher({ ...this.base, ...layInputs(kernel, profiles, (bytes) => new SharedArrayBuffer(bytes)), kernel, dead: null, rank }, this.topK);
  }

  private searchExtra(searcher: Searcher, output: number, leastPoints: number): Found[] {
    searcher.forget();
    searcher.search(output, leastPoints);
    return Array.from({ length: searcher.found }, (_, at) => ({ input: this.input.count + searcher.input[at], z: searcher.z[at] }));
  }

  private searchFor(output: number, before: List, many: Searcher | null): List {
    const extra = this.output.isExtra(output);
    const own = this.output.local(output);
    if (extra && this.output.extra.profile[own] < 0) return NO_LIST;
    const searcher = this.searchers[extra ? 1 : 0];
    // What is left of its list is a good start.
    const left = before.input.filter((input) => !this.input.isExtra(input));
    searcher.startFrom(own, left.map((input) => this.items()[input]));
    searcher.search(own, this.leastPoints(output));
    const list = this.shape.upTo(Array.from(searcher.input.subarray(0, searcher.found)), Array.from(searcher.z.subarray(0, searcher.found)));
    const least = list.horizon === null ? this.leastPoints(output) : list.horizon.z * POINTS_PER_NAT;
    if (many !== null && !extra) return this.shape.merge(list, this.searchExtra(many, output, least));
    const { snapshot, knowledge } = this.pairs.kernel(extra, false);
    const found: Found[] = [];
    for (const category of knowledge.reachable[snapshot.outputs.category[own]]) {
      for (const input of this.input.ofCategory[category]) {
        const z = this.pairs.scoreOf(output, input);
        if (z * POINTS_PER_NAT >= least) found.push({ input, z });
      }
    }
    return this.shape.merge(list, found);
  }

  /** Place in the forest of each input of the index. */
  private items(): Int32Array {
    if (this.itemOf === null) {
      this.itemOf = new Int32Array(this.input.count);
      const { items } = this.base.forest;
      for (let item = 0; item < items.length; item += 1) this.itemOf[items[item]] = item;
    }
    return this.itemOf;
  }

  private pairsOf(output: number, { input, z }: List): ScoredPair[] {
    return this.shape.kept(input).map((row, at) => ({ output: this.output.numberOfRow(output), input: this.input.numberOfRow(row), z: z[at] }));
  }

  private effect(before: ReadonlyMap<number, List>): EditEffect {
    const effect: EditEffect = { entered: [], left: [] };
    const rows = [...before.keys()].sort((a, b) => this.output.numberOfRow(a) - this.output.numberOfRow(b));
    for (let at = 0; at < rows.length; at += 1) {
      const number = this.output.numberOfRow(rows[at]);
      const now = this.output.rowOf(number);
      // The old and the new form of an output are one list to whoever asks.
      const forms = [rows[at]];
      while (at + 1 < rows.length && this.output.numberOfRow(rows[at + 1]) === number) forms.push(rows[++at]);
      const old = forms.map((row) => before.get(row) ?? NO_LIST).find(({ input }) => input.length > 0) ?? NO_LIST;
      const list = now === -1 ? NO_LIST : this.list(now);
      effect.entered.push(...this.less(number, list, old));
      effect.left.push(...this.less(number, old, list));
    }
    return effect;
  }

  private less(output: number, list: List, other: List): ScoredPair[] {
    return this.shape.less(list, other).map(({ input, z }) => ({ output, input: this.input.numberOfRow(input), z }));
  }
}
