// The form of the page "Check it yourself": which files were chosen is seen from what is in them.
import { Refused, canCheckSignatures, checkDecision, checkDocument, checkGrowth, checkProof, checkReceipt, decode64, openCheckpoint, parseKey, rootForReceipt } from "./ledger.js";

const form = document.querySelector("[data-verify]");
const list = document.querySelector("[data-findings]");
const words = Object.fromEntries([...document.querySelectorAll("[data-word]")].map((each) => [each.dataset.word, each.textContent]));

const say = (good, text) => {
  const line = document.createElement("li");
  line.className = "line";
  line.dataset.good = String(good);
  const mark = document.createElement("strong");
  mark.textContent = good === null ? words.told : good ? words.holds : words.broken;
  line.append(mark, ` ${text}`);
  list.append(line);
};

const trustOf = async (fields) => {
  const log = await parseKey(fields.get("key"));
  const witnesses = await Promise.all(fields.get("witnesses").split(/\s+/).filter(Boolean).map(parseKey));
  if (log.kind !== 1 || witnesses.some((key) => key.kind !== 4)) throw new Refused("key");
  return { log, witnesses, quorum: witnesses.length };
};

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const kindOf = (text) => {
  if (text.startsWith("c2sp.org/tlog-proof@v1")) return "proof";
  const members = parsed(text);
  if (members === null) return /\n\n— /u.test(text) ? "checkpoint" : "unknown";
  if (members.format === "sunfair-receipt/1") return "receipt";
  if (Array.isArray(members.hashes)) return "growth";
  return members.decision_id && members.results ? "decision" : "document";
};

const sorted = async (files) => {
  const found = { proof: [], checkpoint: [], receipt: [], growth: [], decision: [], document: [], unknown: [] };
  for (const file of files) {
    const raw = new Uint8Array(await file.arrayBuffer());
    const text = new TextDecoder().decode(raw);
    found[kindOf(text)].push({ name: file.name, raw, text });
  }
  return found;
};

const whereabouts = (head) => `${head.origin}, ${head.size}${head.witnessed.map((each) => `, ${each.name} ${each.at.toISOString()}`).join("")}`;

// Every check answers on a line of its own; one that fails does not keep the others from being made.
const attempt = async (name, check) => {
  try {
    say(true, `${name}: ${await check()}`);
    return true;
  } catch (error) {
    say(false, `${name}: ${error instanceof Refused ? (words[error.message] ?? words.malformed) : words.malformed}`);
    return false;
  }
};

// Answers with the documents that are proven to be in the log, each with its record.
const checkLogged = async (found, trust) => {
  const logs = [];
  for (const file of found.proof) {
    let proven = null;
    await attempt(file.name, async () => {
      proven = await checkProof(file.text, trust);
      return `${words.inlog} ${proven.index} · ${proven.record.kind} ${proven.record.id} · ${whereabouts(proven.head)}`;
    });
    if (proven === null) continue;
    let logged = null;
    for (const each of found.document) {
      await attempt(each.name, async () => {
        logged = await checkDocument(each.raw, proven.record);
        logs.push([proven.record, logged]);
        return words.samedocument;
      });
    }
    for (const each of found.decision) {
      await attempt(each.name, async () => {
        if (logged === null) throw new Refused("needdocument");
        await checkDecision(parsed(each.text), proven.record, logged);
        return words.samedecision;
      });
    }
  }
  return logs;
};

const checkHeads = async (found, trust) => {
  const heads = [];
  for (const file of found.checkpoint) {
    await attempt(file.name, async () => {
      const head = await openCheckpoint(file.text, trust);
      heads.push(head);
      return `${words.signed} · ${whereabouts(head)}`;
    });
  }
  for (const file of found.growth) {
    await attempt(file.name, async () => {
      const told = parsed(file.text);
      const [old, grown] = [told.old, told.new].map((size) => heads.find((head) => head.size === BigInt(size)));
      if (!old || !grown) throw new Refused("needheads");
      await checkGrowth(old.size, old.root, grown.size, grown.root, told.hashes.map(decode64));
      return words.grew;
    });
  }
};

// Under a root that the reader has written, or else under that of a release which is proven to be in the log.
const checkReceipts = async (found, root, logs) => {
  for (const file of found.receipt) {
    await attempt(file.name, async () => {
      const receipt = parsed(file.text);
      const releases = logs.filter(([record]) => record.kind === "disclosure");
      if (!root && releases.length === 0) throw new Refused("needroot");
      const under = root ? decode64(root) : rootForReceipt(receipt, ...releases[0]);
      const status = await checkReceipt(receipt, under);
      const reason = document.documentElement.lang.startsWith("zh") ? status.reason_zh : status.reason_en;
      return `${reason ?? ""} ${words.counted} ${JSON.stringify(status)}`.trim();
    });
  }
};

if (form) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    list.replaceChildren();
    const fields = new FormData(form);
    const found = await sorted(form.querySelector("[type=file]").files);
    for (const file of found.unknown) say(false, `${file.name}: ${words.unknown}`);
    const root = fields.get("root").trim();
    if (root || found.proof.length === 0) await checkReceipts(found, root, []);
    if (found.proof.length + found.checkpoint.length + found.growth.length + found.decision.length === 0) return;
    const able = await canCheckSignatures();
    if (!able) say(null, words.unable);
    let trust = null;
    const good = !able || (await attempt(words.thekey, async () => ((trust = await trustOf(fields)), trust.log.name)));
    if (!good) return;
    if (found.decision.length > 0 && found.proof.length === 0) say(false, words.needproof);
    const logs = await checkLogged(found, trust);
    if (!root && found.proof.length > 0) await checkReceipts(found, root, logs);
    await checkHeads(found, trust);
  });
}
