// Checks the public log of Sunfair (RFC 6962 and the formats of C2SP) with the browser's own cryptography and nothing
// else: no network, no library. The same code runs on the page and in the file that is kept for later.

export class Refused extends Error {}

const utf8 = new TextEncoder();

export const decode64 = (text) => {
  let raw;
  try {
    raw = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  } catch {
    throw new Refused("malformed");
  }
  if (encode64(raw) !== text) throw new Refused("malformed");
  return raw;
};
export const encode64 = (raw) => btoa(String.fromCharCode(...raw));
export const hex = (raw) => Array.from(raw, (byte) => byte.toString(16).padStart(2, "0")).join("");
export const same = (a, b) => a.length === b.length && a.every((byte, place) => byte === b[place]);
const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
export const sha256 = async (raw) => new Uint8Array(await crypto.subtle.digest("SHA-256", raw));

// The tree

export const leafHash = (record) => sha256(joined([0], record));
const nodeHash = (left, right) => sha256(joined([1], left, right));
// Sizes are BigInt: a tree may have more leaves than a double counts.
const split = (size) => {
  let power = 1n;
  while (power * 2n < size) power *= 2n;
  return power;
};

const inclusionSpans = (index, size) => {
  if (index < 0n || index >= size) throw new Refused("beyond");
  const spans = [];
  let [start, end] = [0n, size];
  while (end - start > 1n) {
    const middle = start + split(end - start);
    if (index < middle) {
      spans.unshift(middle);
      end = middle;
    } else {
      spans.unshift(start);
      start = middle;
    }
  }
  return spans;
};

export const rootFromInclusion = async (leaf, index, size, proof) => {
  const starts = inclusionSpans(index, size);
  if (starts.length !== proof.length || proof.some((step) => step.length !== 32)) throw new Refused("malformed");
  let result = leaf;
  for (const [place, start] of starts.entries()) {
    result = start > index ? await nodeHash(result, proof[place]) : await nodeHash(proof[place], result);
  }
  return result;
};

export const checkGrowth = async (old, oldRoot, size, root, proof) => {
  if (old > size) throw new Refused("shrank");
  const starts = [];
  let [start, end] = [0n, size];
  while (old > 0n && end > old) {
    const middle = start + split(end - start);
    if (old <= middle) {
      starts.unshift(middle);
      end = middle;
    } else {
      starts.unshift(start);
      start = middle;
    }
  }
  const known = start === 0n;
  if (old > 0n && old < size && !known) starts.unshift(start);
  const steps = old === 0n || old === size ? [] : starts;
  if (steps.length !== proof.length || proof.some((step) => step.length !== 32)) throw new Refused("malformed");
  if (old === 0n) return;
  let [ours, theirs] = old === size ? [root, root] : known ? [oldRoot, oldRoot] : [proof[0], proof[0]];
  for (let place = known ? 0 : 1; place < steps.length; place += 1) {
    if (steps[place] >= old) {
      theirs = await nodeHash(theirs, proof[place]);
    } else {
      ours = await nodeHash(proof[place], ours);
      theirs = await nodeHash(proof[place], theirs);
    }
  }
  if (!same(ours, oldRoot) || !same(theirs, root)) throw new Refused("changed");
};

// Signed notes, checkpoints, cosignatures

export const parseKey = async (text) => {
  const found = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(text.trim());
  if (!found) throw new Refused("key");
  const raw = decode64(found[3]);
  const id = (await sha256(joined(utf8.encode(`${found[1]}\n`), raw))).slice(0, 4);
  if (raw.length !== 33 || ![1, 4].includes(raw[0]) || hex(id) !== found[2]) throw new Refused("key");
  return { name: found[1], kind: raw[0], id, material: raw.slice(1) };
};

// Whether this browser can check Ed25519 at all; where it cannot, the page says so and checks the rest.
export const canCheckSignatures = async () => {
  const basePoint = new Uint8Array(32).fill(0x66);
  basePoint[0] = 0x58;
  try {
    await crypto.subtle.importKey("raw", basePoint, { name: "Ed25519" }, false, ["verify"]);
    return true;
  } catch {
    return false;
  }
};

const signed = async (key, signature, message) => {
  const imported = await crypto.subtle.importKey("raw", key.material, { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
};

export const parseNote = (text) => {
  const cut = text.lastIndexOf("\n\n");
  if (cut < 0 || !text.endsWith("\n") || /[\u0000-\u0009\u000b-\u001f]/.test(text)) throw new Refused("malformed");
  const lines = text.slice(cut + 2, -1).split("\n");
  const signatures = lines.map((line) => {
    const found = /^— ([^\s+]+) (\S+)$/u.exec(line);
    const raw = found && decode64(found[2]);
    if (!raw || raw.length < 5) throw new Refused("malformed");
    return { name: found[1], id: raw.slice(0, 4), blob: raw.slice(4) };
  });
  return { text: text.slice(0, cut + 1), signatures };
};

const linesOf = (note, key) => note.signatures.filter((line) => line.name === key.name && same(line.id, key.id));

const cosigned = async (note, key, line) => {
  if (line.blob.length !== 72) return null;
  const seconds = line.blob.slice(0, 8).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const message = utf8.encode(`cosignature/v1\ntime ${seconds}\n${note.text}`);
  return (await signed(key, line.blob.slice(8), message)) ? new Date(Number(seconds) * 1000) : null;
};

// The head in a checkpoint. With `trust` {log, witnesses, quorum} its signatures are checked; without, only its shape.
export const openCheckpoint = async (text, trust) => {
  const note = parseNote(text);
  const [origin, size, root, ...rest] = note.text.split("\n");
  if (!origin || !/^(0|[1-9][0-9]{0,18})$/.test(size) || rest.at(-1) !== "" || rest.slice(0, -1).includes("")) {
    throw new Refused("malformed");
  }
  const head = { origin, size: BigInt(size), root: decode64(root), witnessed: [] };
  if (head.root.length !== 32) throw new Refused("malformed");
  if (!trust) return head;
  if (origin !== trust.log.name) throw new Refused("otherlog");
  const own = linesOf(note, trust.log);
  const message = utf8.encode(note.text);
  if (own.length === 0) throw new Refused("unsigned");
  for (const line of own) {
    if (line.blob.length !== 64 || !(await signed(trust.log, line.blob, message))) throw new Refused("unsigned");
  }
  for (const key of trust.witnesses) {
    for (const line of linesOf(note, key)) {
      const at = await cosigned(note, key, line);
      if (at === null) throw new Refused("unsigned");
      if (!head.witnessed.some((each) => each.name === key.name)) head.witnessed.push({ name: key.name, at });
    }
  }
  if (head.witnessed.length < trust.quorum) throw new Refused("quorum");
  return head;
};

// Proof files, receipts, decisions

export const parseProof = (text) => {
  const cut = text.indexOf("\n\n");
  const lines = text.slice(0, cut).split("\n");
  if (cut < 0 || lines.shift() !== "c2sp.org/tlog-proof@v1") throw new Refused("malformed");
  const extra = lines[0]?.startsWith("extra ") ? decode64(lines.shift().slice(6)) : null;
  const index = /^index (0|[1-9][0-9]{0,18})$/.exec(lines.shift() ?? "");
  if (!index || !extra) throw new Refused("malformed");
  return { index: BigInt(index[1]), record: extra, hashes: lines.map(decode64), checkpoint: text.slice(cut + 2) };
};

export const checkProof = async (text, trust) => {
  const proof = parseProof(text);
  const head = await openCheckpoint(proof.checkpoint, trust);
  const root = await rootFromInclusion(await leafHash(proof.record), proof.index, head.size, proof.hashes);
  if (!same(root, head.root)) throw new Refused("notin");
  return { record: JSON.parse(new TextDecoder().decode(proof.record)), index: proof.index, head };
};

// RFC 8785: names in the order of their UTF-16 units, numbers and texts as ECMAScript writes them.
export const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.keys(value).sort();
    return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  return JSON.stringify(value);
};
const digest = async (value) => hex(await sha256(utf8.encode(canonical(value))));

export const checkDocument = async (raw, record) => {
  if (hex(await sha256(raw)) !== record.sha256) throw new Refused("document");
  return JSON.parse(new TextDecoder().decode(raw));
};

const moment = (text) => (text === null || text === undefined ? null : Date.parse(text));

export const checkDecision = async (shown, record, logged) => {
  if (record.kind !== "decision" || record.id !== shown.decision_id || record.id !== logged.decision_id) {
    throw new Refused("otherdecision");
  }
  if ((await digest(shown.facts)) !== shown.facts_sha256) throw new Refused("facts");
  const { outcome, results, at, facts_sha256, ruleset } = shown;
  if ((await digest({ outcome, results, at, facts_sha256, ruleset })) !== shown.answer_sha256) throw new Refused("answer");
  const texts = ["stage", "outcome", "ruleset", "facts_sha256", "answer_sha256", "binding"];
  const differ =
    texts.some((name) => shown[name] !== logged[name]) ||
    ["at", "decided_at", "valid_until"].some((name) => moment(shown[name]) !== moment(logged[name])) ||
    shown.subject?.kind !== logged.subject?.kind ||
    shown.subject?.id !== logged.subject?.id;
  if (differ) throw new Refused("answer");
};

// The root of receipts in a release that was proven to be in the log, if it is the release that the receipt names.
export const rootForReceipt = (receipt, record, release) => {
  const { broadcast_id, release: number } = receipt.status;
  if (record.kind !== "disclosure" || release.broadcast?.broadcast_id !== broadcast_id || release.number !== number) {
    throw new Refused("otherrelease");
  }
  return decode64(release.receipts.root);
};

export const checkReceipt = async (receipt, root) => {
  const salt = decode64(receipt.salt);
  if (salt.length !== 32) throw new Refused("malformed");
  const leaf = await sha256(joined([0], salt, utf8.encode(canonical(receipt.status))));
  const path = receipt.path.map(decode64);
  const implied = await rootFromInclusion(leaf, BigInt(receipt.index), BigInt(receipt.size), path);
  if (!same(implied, root)) throw new Refused("notin");
  return receipt.status;
};
