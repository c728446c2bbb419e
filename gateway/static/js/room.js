// A live room kept fresh: one event stream per browser, shared by its tabs, and what this tab makes of it.
const hall = document.querySelector("[data-room]");
const id = hall.dataset.room;
const lang = hall.dataset.lang;
const words = JSON.parse(hall.dataset.words);
const api = `/api/v1/broadcasts/${id}`;
const part = (name) => hall.querySelector(`[data-part="${name}"]`);
const slot = (node, name) => node.querySelector(`[data-slot="${name}"]`);
const card = (name) => hall.querySelector(`template[data-card="${name}"]`).content.firstElementChild.cloneNode(true);
const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
const own = (pair) => pair?.[lang] || pair?.zh || pair?.en || "";
const number = (value) => value.toLocaleString("en");
const clock = (at) => new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
const yuan = (fen) => `¥${number(Math.floor(fen / 100))}${fen % 100 ? `.${String(fen % 100).padStart(2, "0")}` : ""}`;
const show = (node, on) => node && (node.hidden = !on);
const write = (node, text) => node && node.textContent !== text && (node.textContent = text);

// ---- What the stream tells, drawn. Text is set as text, never as markup.

let room = null;
const levels = {};
for (const node of hall.querySelectorAll("[data-left]:not([data-left=''])")) levels[node.dataset.lot] = { available: Number(node.dataset.left) };

function drawState(next) {
  const before = room;
  room = next;
  hall.dataset.state = room.state;
  const kind = (room.state === "open" && room.segment?.kind) || "";
  const [title, text] = words.banner[kind || room.state];
  hall.dataset.segment = kind;
  const banner = part("banner");
  banner.className = `banner banner--${kind || room.state}`;
  write(slot(banner, "title"), title);
  write(slot(banner, "text"), text);
  const badge = words.state[room.state];
  const drawn = hall.querySelector(`template[data-badge="${badge.kind}"]`).content.cloneNode(true);
  drawn.firstElementChild.lastChild.textContent = badge.text;
  if (part("badge").textContent.trim() !== badge.text) part("badge").replaceChildren(drawn);
  show(part("speaker-region"), kind === "region");
  show(part("speaker-market"), kind === "market");
  write(part("caption"), own(room.caption));
  show(part("caption"), own(room.caption));
  drawWhy(room.why_halted);
  drawShelf();
  drawSlow(room.slow_mode_seconds);
  if (room.notices?.length !== before?.notices?.length) drawNotices(room.notices || []);
  if (kind === "market") write(part("countdown"), "");
  show(hall.querySelector("[data-say]"), room.state === "open");
  show(part("replay"), room.state === "ended");
  if (room.state !== "open") write(part("watching"), "");
}

function drawWhy(why) {
  show(part("why"), why);
  if (!why) return;
  write(slot(part("why"), "reason"), lang === "zh" ? why.reason_zh : why.reason_en || why.reason_zh);
  const rule = why.rule && !why.rule.startsWith("gate.") ? why.rule : "";
  const links = { rule: rule && `/${lang}/rules/${rule}`, decision: why.decision_id && `/${lang}/decisions/${why.decision_id}` };
  write(slot(part("why"), "rule-name"), rule);
  for (const [name, href] of Object.entries(links)) {
    slot(part("why"), name).setAttribute("href", href || "");
    show(slot(part("why"), name), href);
  }
}

function drawNotices(notices) {
  part("notices").replaceChildren(...notices.slice(-5).reverse().map((each) => {
    const item = card("notice");
    write(slot(item, "text"), own(each));
    write(slot(item, "time"), clock(each.at));
    return item;
  }));
}

function drawShelf() {
  const lots = room.shelf || [];
  const pinned = lots.find((lot) => lot.lot_id === room.pinned_lot_id);
  const place = slot(part("pinned"), "lot");
  arrange(place, pinned ? [pinned] : [], "p");
  show(part("pinned"), pinned);
  arrange(part("shelf"), lots.filter((lot) => lot !== pinned), "s");
  show(part("nothing"), !lots.length);
}

function arrange(place, lots, label) {
  const standing = new Map([...place.children].map((node) => [node.dataset.lot, node]));
  lots.forEach((lot, index) => {
    const node = standing.get(lot.lot_id) || newLot(lot, label);
    standing.delete(lot.lot_id);
    drawLot(node, lot);
    // Moving a node takes the focus from whoever types in it: it is moved only when it stands elsewhere.
    if (place.children[index] !== node) place.insertBefore(node, place.children[index] || null);
  });
  for (const gone of standing.values()) gone.remove();
}

function newLot(lot, label) {
  const node = card("lot");
  node.dataset.lot = lot.lot_id;
  const art = hall.querySelector(`template[data-art="${CSS.escape(lot.listing_id)}"]`);
  if (lot.picture_sha256) slot(node, "art").querySelector("img").src = `/api/v1/documents/${lot.picture_sha256}`;
  else if (art) slot(node, "art").replaceChildren(art.content.cloneNode(true));
  const units = node.querySelector("[name=units]");
  units.id = `u-${label}-${lot.lot_id}`;
  node.querySelector("label").htmlFor = units.id;
  node.querySelector("[name=lot_id]").value = lot.lot_id;
  return node;
}

function drawLot(node, lot) {
  const link = slot(node, "link");
  write(link, own({ zh: lot.title_zh, en: lot.title_en }));
  link.href = `/${lang}/lots/${lot.lot_id}`;
  write(slot(node, "specification"), lot.specification || "");
  write(slot(node, "price"), yuan(lot.price_fen));
  write(slot(node, "was"), lot.was_price_fen ? fill(words.was, { price: yuan(lot.was_price_fen) }) : "");
  write(slot(node, "until"), lot.open && lot.open_until ? fill(words.until, { time: clock(lot.open_until) }) : "");
  node.querySelector("[name=price_fen]").value = lot.price_fen;
  const limits = [lot.limit_units && fill(words.limit, { units: number(lot.limit_units) }), lot.units_per_buyer && fill(words.per_buyer, { units: number(lot.units_per_buyer) })];
  write(slot(node, "limits"), limits.filter(Boolean).join(" · "));
  node.querySelector("[name=units]").max = lot.units_per_buyer || lot.limit_units || 99;
  const left = levels[lot.lot_id]?.available;
  const open = lot.open && room.state === "open" && left !== 0;
  const standing = left === 0 ? words.sold_out : !lot.open ? words.not_open : left === undefined ? words.open : fill(words.left, { units: number(left) });
  write(slot(node, "standing"), standing);
  show(node.querySelector("[data-order]"), open);
  show(slot(node, "explaining"), lot.lot_id === room.explaining_lot_id);
  const seller = lot.seller || {};
  write(slot(node, "seller"), seller.name || "");
  write(slot(node, "kind"), words.kinds[seller.kind] || "");
  write(slot(node, "uscc"), seller.uscc || words.household);
  for (const name of ["address", "contact"]) {
    write(slot(node, name), seller[name] || "");
    show(slot(node, name).parentElement, seller[name]);
  }
  slot(node, "decision").setAttribute("href", lot.decision_id ? `/${lang}/decisions/${lot.decision_id}` : "");
  show(slot(node, "decision"), lot.decision_id);
}

function drawStock(told) {
  Object.assign(levels, told);
  if (room) drawShelf();
}

function drawSlow(seconds) {
  write(part("slow"), seconds ? fill(words.wait, { seconds }) : "");
  show(part("slow"), seconds);
}

function drawViewers({ about }) {
  write(part("watching"), about === null ? words.few : fill(words.about, { count: number(about) }));
}

function drawChat({ messages, shed }) {
  const list = part("chat");
  const box = list.parentElement;
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  for (const message of messages) {
    const known = lineOf(message.message_id);
    const line = known || card("line");
    drawLine(line, message);
    if (!known) list.append(line);
  }
  while (list.children.length > 100) list.firstElementChild.remove();
  if (shed) write(part("shed"), fill(words.shed, { count: number(shed) }));
  show(part("shed"), shed);
  if (atEnd) box.scrollTop = box.scrollHeight;
}

function drawLine(line, message) {
  line.dataset.message = message.message_id;
  line.classList.toggle("say--staff", message.role !== "viewer");
  write(slot(line, "who"), `${words.roles[message.role] || message.role} ${message.tag}`);
  write(slot(line, "text"), message.text);
  drawTimes(line, message.times);
  const named = line.querySelector("[name=message_id]");
  if (named) named.value = message.message_id;
}

function drawTimes(line, times) {
  write(slot(line, "times"), times > 1 ? fill(words.times, { count: number(times) }) : "");
  show(slot(line, "times"), times > 1);
}

const lineOf = (message) => part("chat").querySelector(`[data-message="${CSS.escape(message)}"]`);

function drawFolded({ times }) {
  for (const [message, count] of Object.entries(times)) if (lineOf(message)) drawTimes(lineOf(message), count);
}

// A message that was removed leaves a mark where it stood.
function drawRemoved({ message_ids }) {
  for (const line of message_ids.map(lineOf).filter(Boolean)) {
    line.classList.add("say--removed");
    write(slot(line, "text"), words.removed);
    drawTimes(line, 1);
    show(slot(line, "flag"), false);
  }
}

const draw = { state: drawState, stock: drawStock, viewers: drawViewers, chat: drawChat, folded: drawFolded, removed: drawRemoved };
draw.bye = () => write(part("link"), "");
draw.away = ({ on }) => write(part("link"), on ? words.away : "");

// ---- One stream per browser: the tab that holds the lock listens and tells the others.

const channel = new BroadcastChannel(`sunfair-room-${id}`);
const last = new Map();
let leading = false;
let foreground = 0;
let interactions = 0;

function tell(event, data) {
  if (event === "state" || event === "viewers") last.set(event, data);
  if (event === "stock") last.set("stock", { ...last.get("stock"), ...data });
  channel.postMessage({ event, data });
  draw[event]?.(data);
}
channel.onmessage = ({ data: said }) => {
  if (said.event === "hello" && leading) for (const [event, data] of last) channel.postMessage({ event, data });
  else if (said.event === "activity" && leading) {
    foreground += said.foreground;
    interactions += said.interactions;
  } else draw[said.event]?.(said.data);
};

let pause = 1000;
let joined = false;
function listen() {
  const source = new EventSource(`${api}/stream`);
  for (const event of ["state", "stock", "chat", "folded", "removed", "viewers", "bye"]) {
    source.addEventListener(event, (message) => tell(event, JSON.parse(message.data)));
  }
  source.addEventListener("resumed", (message) => JSON.parse(message.data).complete || catchUp());
  source.addEventListener("bye", () => source.close());
  source.onopen = () => {
    pause = 1000;
    tell("away", { on: false });
    // The stream gives out the viewer's token, under which everything else is counted.
    if (!joined) be("join");
    joined = true;
  };
  source.onerror = () => {
    tell("away", { on: true });
    // A browser connects again by itself, except after a refusal: then we do, later each time and never all at once.
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(listen, pause * (0.5 + Math.random()));
    pause = Math.min(pause * 2, 60000);
  };
}

async function catchUp() {
  const answer = await fetch(`${api}/messages`).catch(() => null);
  if (answer?.ok) tell("chat", { messages: (await answer.json()).items.reverse(), shed: 0 });
}

function lead() {
  leading = true;
  listen();
  setInterval(() => joined && be("beat"), 15000);
  return new Promise(() => {});
}
if (["opening", "open", "halted"].includes(hall.dataset.state)) {
  channel.postMessage({ event: "hello" });
  if (navigator.locks) navigator.locks.request(`sunfair-room-${id}`, lead);
  else lead();
} else if (hall.dataset.state === "closed") {
  // Nothing is streamed before the room opens; those who wait do not all ask in the same moment.
  setInterval(() => document.hidden || location.reload(), 20000 + Math.random() * 20000);
}

// ---- How long somebody really looked: counted here, told by the tab that leads. The definition is public.

let seen = document.hidden ? 0 : performance.now();
function look() {
  const now = performance.now();
  const gone = seen ? now - seen : 0;
  seen = document.hidden ? 0 : now;
  return Math.round(gone);
}
document.addEventListener("visibilitychange", () => {
  foreground += document.hidden ? look() : 0;
  seen = document.hidden ? 0 : performance.now();
});
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => interactions++, { passive: true });

function be(kind) {
  foreground += look();
  const body = { kind, foreground_ms: Math.min(foreground, 120000), interactions: Math.min(interactions, 1000) };
  if (kind === "join") body.referrer = referrer();
  foreground = interactions = 0;
  const headers = { "content-type": "application/json" };
  fetch(`${api}/presence`, { method: "POST", headers, body: JSON.stringify(body), keepalive: true }).catch(() => {});
}
function referrer() {
  const from = new URLSearchParams(location.search).get("from");
  if (["push", "feed", "share", "search"].includes(from)) return from;
  return document.referrer.includes("/search") ? "search" : document.referrer.startsWith(location.origin) ? "feed" : "link";
}
setInterval(() => {
  if (leading) return;
  channel.postMessage({ event: "activity", foreground: foreground + look(), interactions });
  foreground = interactions = 0;
}, 5000);
addEventListener("pagehide", () => leading && joined && be("leave"));

// ---- Saying something, and reporting what others said.

async function send(path, body) {
  const headers = { "content-type": "application/json", "accept-language": lang };
  const answer = await fetch(`${api}/${path}`, { method: "POST", headers, body: JSON.stringify(body) }).catch(() => null);
  if (answer?.ok) return null;
  const problem = await answer?.json().catch(() => null);
  return problem?.errors?.[0]?.detail || problem?.detail || words.failed;
}
let attempt = null;
hall.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("[data-say]")) {
    event.preventDefault();
    const text = form.elements.text.value.trim();
    if (!text) return;
    // The same words sent again after a lost answer are the same message.
    if (attempt?.text !== text) attempt = { text, client_id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` };
    const refused = await send("messages", attempt);
    write(part("answer"), refused || words.sent);
    if (!refused) {
      form.reset();
      attempt = null;
    }
  } else if (form.matches("[data-flag]")) {
    event.preventDefault();
    const refused = await send(`messages/${encodeURIComponent(form.elements.message_id.value)}/flag`, { reason: event.submitter?.value || "other" });
    write(part("answer"), refused || words.flagged);
    form.closest("details").open = false;
  }
});

// ---- The way to the market segment, counted down.

const opens = Date.parse(part("countdown")?.dataset.opens || "");
const sentence = part("countdown")?.textContent;
if (opens) {
  setInterval(() => {
    const left = Math.round((opens - Date.now()) / 1000);
    if (hall.dataset.segment === "market" || left <= 0) return write(part("countdown"), "");
    write(part("countdown"), `${sentence} (${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")})`);
  }, 1000);
}
const box = part("chat").parentElement;
box.scrollTop = box.scrollHeight;
