import { RADIUS_KM } from './geodesy.js';

/** Items in a leaf, at most. */
export const LEAF = 16;
/** Numbers of `boxes` a node: low and high x, y, z of the places, low and high ln quantity. */
export const BOX = 8;
/** Numbers of `nodes` a node: right child (0: a leaf; the left child is the next node), first item, one past the last, and two that the owner fills. */
export const NODE = 5;

/** Flows to be laid out: what the trees sort and box them by. */
export interface Points {
  /** x, y, z. */
  place: Float64Array;
  /** ln of the quantity; NaN unknown. */
  logQuantity: Float64Array;
}

/**
 * Trees over groups of flows, all in the same few arrays, so that threads can share them: a flat list of items and, over
 * it, boxes that hold all their items' places and quantities.
 */
export interface Forest {
  /** Flow index of each item; the items of a node stand side by side. */
  items: Int32Array;
  nodes: Int32Array;
  boxes: Float64Array;
  /** First node of each group; its items are the node's. */
  roots: Int32Array;
}

/** How many nodes a tree of so many items has. */
function nodesOf(items: number): number {
  return 2 * Math.ceil(items / LEAF) - 1;
}

/**
 * Lays groups of flows out as kd trees: halved, in whole leaves, across whichever of the four dimensions costs most from
 * end to end. Ties in a coordinate go by flow index, so that the same flows give the same trees.
 * @param groups flow indexes; empty groups are left out by the caller
 * @param softKm of each group: how fast distance costs
 * @param weights of distance and, on the average of both sides, of quantity
 * @param allocate memory for the arrays
 */
export function plantForest(points: Points, groups: readonly Int32Array[], softKm: readonly number[], weights: { distance: number; quantity: number }, allocate: (bytes: number) => ArrayBufferLike): Forest {
  const count = groups.reduce((sum, group) => sum + group.length, 0);
  const nodeCount = groups.reduce((sum, group) => sum + nodesOf(group.length), 0);
  const forest: Forest = {
    items: new Int32Array(allocate(4 * count)), nodes: new Int32Array(allocate(4 * NODE * nodeCount)), boxes: new Float64Array(allocate(8 * BOX * nodeCount)),
    roots: new Int32Array(allocate(4 * groups.length)),
  };
  const planter = new Planter(points, forest, Math.max(0, ...groups.map((group) => group.length)));
  let [item, node] = [0, 0];
  groups.forEach((group, at) => {
    forest.items.set(group, item);
    forest.roots[at] = node;
    planter.costPerKm = softKm[at] > 0 ? weights.distance / softKm[at] : weights.distance;
    planter.distanceWeight = weights.distance;
    planter.costPerLog = weights.quantity;
    node = planter.plant(node, item, item + group.length);
    item += group.length;
  });
  return forest;
}

class Planter {
  costPerKm = 0;
  distanceWeight = 0;
  costPerLog = 0;
  private readonly keys: Float64Array;

  constructor(
    private readonly points: Points,
    private readonly forest: Forest,
    largest: number,
  ) {
    this.keys = new Float64Array(largest);
  }

  /** Plants the items from `low` to below `high` at `node`. @returns the next free node */
  plant(node: number, low: number, high: number): number {
    const { nodes } = this.forest;
    this.box(node, low, high);
    nodes[NODE * node + 1] = low;
    nodes[NODE * node + 2] = high;
    if (high - low <= LEAF) {
      nodes[NODE * node] = 0;
      return node + 1;
    }
    const middle = low + LEAF * (Math.ceil((high - low) / LEAF) >> 1);
    this.divide(this.widest(node), low, middle, high);
    const right = this.plant(node + 1, low, middle);
    nodes[NODE * node] = right;
    return this.plant(right, middle, high);
  }

  private box(node: number, low: number, high: number): void {
    const { items, boxes } = this.forest;
    const { place, logQuantity } = this.points;
    let [lowX, lowY, lowZ, lowQ] = [Infinity, Infinity, Infinity, Infinity];
    let [highX, highY, highZ, highQ] = [-Infinity, -Infinity, -Infinity, -Infinity];
    for (let at = low; at < high; at += 1) {
      const flow = items[at];
      const x = place[3 * flow];
      const y = place[3 * flow + 1];
      const z = place[3 * flow + 2];
      const q = logQuantity[flow];
      if (x < lowX) lowX = x;
      if (x > highX) highX = x;
      if (y < lowY) lowY = y;
      if (y > highY) highY = y;
      if (z < lowZ) lowZ = z;
      if (z > highZ) highZ = z;
      if (q < lowQ) lowQ = q;
      if (q > highQ) highQ = q;
    }
    const first = BOX * node;
    boxes[first] = lowX;
    boxes[first + 1] = highX;
    boxes[first + 2] = lowY;
    boxes[first + 3] = highY;
    boxes[first + 4] = lowZ;
    boxes[first + 5] = highZ;
    boxes[first + 6] = lowQ;
    boxes[first + 7] = highQ;
  }

  /** 0 to 2: x, y, z; 3: quantity. */
  private widest(node: number): number {
    const { boxes } = this.forest;
    const first = BOX * node;
    const width = (dimension: number): number => boxes[first + 2 * dimension + 1] - boxes[first + 2 * dimension];
    let best = 0;
    if (width(1) > width(best)) best = 1;
    if (width(2) > width(best)) best = 2;
    const byPlace = this.distanceWeight === 0 ? 0 : this.distanceWeight * Math.log(1 + (this.costPerKm / this.distanceWeight) * RADIUS_KM * width(best));
    // All quantities unknown: −∞, never the widest.
    return this.costPerLog * width(3) > byPlace ? 3 : best;
  }

  /** Moves the items so that all before `middle` come before all from there on, in the order of the dimension and then of flow index. */
  private divide(dimension: number, low: number, middle: number, high: number): void {
    const { items } = this.forest;
    const { place, logQuantity } = this.points;
    const { keys } = this;
    for (let at = low; at < high; at += 1) {
      const key = dimension === 3 ? logQuantity[items[at]] : place[3 * items[at] + dimension];
      keys[at - low] = Number.isNaN(key) ? -Infinity : key;
    }
    // Hoare's quickselect with the median of three; keys and items move together.
    let left = low;
    let right = high - 1;
    const wanted = middle;
    while (left < right) {
      const half = (left + right) >> 1;
      const [a, b, c] = [keys[left - low], keys[half - low], keys[right - low]];
      const pivotAt = a < b ? (b < c ? half : a < c ? right : left) : a < c ? left : b < c ? right : half;
      const pivot = keys[pivotAt - low];
      const pivotItem = items[pivotAt];
      let [i, j] = [left, right];
      while (i <= j) {
        while (keys[i - low] < pivot || (keys[i - low] === pivot && items[i] < pivotItem)) i += 1;
        while (keys[j - low] > pivot || (keys[j - low] === pivot && items[j] > pivotItem)) j -= 1;
        if (i <= j) {
          const key = keys[i - low];
          keys[i - low] = keys[j - low];
          keys[j - low] = key;
          const item = items[i];
          items[i] = items[j];
          items[j] = item;
          i += 1;
          j -= 1;
        }
      }
      if (wanted <= j) right = j;
      else if (wanted >= i) left = i;
      else return;
    }
  }
}
