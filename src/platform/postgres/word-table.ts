/** Strings by their bytes: finds the string that a run of bytes spells without making it anew. For some thousand different ones at most. */
export class WordTable {
  /** Open addressing; a power of two of places, at most half of them taken. */
  private places: (Word | undefined)[] = new Array<Word | undefined>(16).fill(undefined);
  private count = 0;

  /** @param start where the text begins in `bytes`, UTF-8 */
  find(bytes: Buffer, start: number, length: number): string {
    let hash = 0x811c9dc5;
    for (let at = start; at < start + length; at += 1) hash = Math.imul(hash ^ bytes[at], 0x01000193);
    let place = (hash ^ (hash >>> 15)) & (this.places.length - 1);
    for (let word = this.places[place]; word !== undefined; word = this.places[place]) {
      if (word.hash === hash && spells(word.bytes, bytes, start, length)) return word.text;
      place = (place + 1) & (this.places.length - 1);
    }
    const word = { hash, bytes: Buffer.from(bytes.subarray(start, start + length)), text: bytes.toString('utf8', start, start + length) };
    this.places[place] = word;
    this.count += 1;
    if (2 * this.count > this.places.length) this.grow();
    return word.text;
  }

  private grow(): void {
    const words = this.places.filter((word) => word !== undefined);
    this.places = new Array<Word | undefined>(this.places.length * 4).fill(undefined);
    for (const word of words) {
      let place = (word.hash ^ (word.hash >>> 15)) & (this.places.length - 1);
      while (this.places[place] !== undefined) place = (place + 1) & (this.places.length - 1);
      this.places[place] = word;
    }
  }
}

interface Word {
  hash: number;
  bytes: Buffer;
  text: string;
}

function spells(word: Buffer, bytes: Buffer, start: number, length: number): boolean {
  if (word.length !== length) return false;
  for (let at = 0; at < length; at += 1) if (word[at] !== bytes[start + at]) return false;
  return true;
}
