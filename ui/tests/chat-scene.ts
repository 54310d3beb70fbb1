// A small world for the chat's tests and preview: a list of teas, a guide to them, and the events of a turn.
// All of it is made up.
import type {
  AnswerAgain,
  Attribute,
  ChatAnswer,
  ChatEvent,
  ChatMessage,
  ChatStart,
  Citation,
  Claim,
  Condition,
  Conversation,
  ConversationRow,
  DocumentRow,
  DocumentText,
  ItemCard,
  ItemCatalogView,
  MessageState,
  Reading,
  SendMessage,
  SentMessage,
  StageTiming,
} from "../src/protocol";

export const NOW_MS = Date.UTC(2026, 0, 5, 14, 30);

export const teas: ItemCatalogView = {
  id: "teas",
  pack: "retail",
  name: "teas.csv",
  items: 1280,
  suggestions: ["Which green teas are under $12?", "What is the best rated oolong?", "How many teas come from Japan?"],
  recognised: [
    { role: "id", column: "sku" },
    { role: "name", column: "tea" },
    { role: "brand", column: "house" },
    { role: "price", column: "price_usd" },
  ],
  notes: [{ message: "No price is stated; such a tea is found by its other columns.", count: 14, lines: [20, 41, 77] }],
};

export const plans: ItemCatalogView = { ...teas, id: "plans", pack: "energy", name: "plans.csv", items: 676, recognised: [], notes: [] };

export const guide: DocumentRow = { id: "guide", name: "brewing-guide.md", format: "markdown", passages: 42, characters: 31_200, imported_at: "2026-01-02T09:00:00Z" };

export const chatStart: ChatStart = { catalogs: [teas, plans], documents: [guide], words_only: null };

export const conversationRows: ConversationRow[] = [
  row("c-1", "Green teas under $12", 4, 12),
  row("c-2", "Oolongs for a gift", 2, 150),
  row("c-3", "How long should sencha steep?", 8, 60 * 24 * 3),
];

export const found: ConversationRow[] = [{ ...row("c-3", "How long should sencha steep?", 8, 60 * 24 * 3), snippet: "… [sencha] steeps for 60 to 90 [seconds], no longer …" }];

export const items: ItemCard[] = [
  card("t-11", "Morning Fog Sencha", "Hoshi & Daughters", 8.4, 93, "Japan", "Light, grassy, with a finish of sea air. First flush."),
  card("t-24", "Jade Steps", "Linden Tea House", 9.9, 91, "China", "Pan-fired, chestnut and sweet corn."),
  card("t-07", "Kettle Green", "Northgate", 6.25, 88, "Japan", "An everyday green with roasted rice."),
];

export const nearestMiss: ItemCard = { ...card("t-90", "Imperial Gyokuro", "Hoshi & Daughters", 31.5, 97, "Japan", "Shaded for three weeks."), misses: ["under $12"] };

export const underTwelve: Condition = { field: { kind: "price" }, test: { kind: "below", value: 12 }, negated: false, label: "under $12" };

export const reading: Reading = {
  intent: "search",
  conditions: [{ field: { kind: "attribute", name: "kind" }, test: { kind: "one_of", value: ["green"] }, negated: false, label: "green" }, underTwelve],
  sort: { kind: "by", field: { kind: "price" }, descending: false },
  words: "grassy",
  named: [],
  asked: ["origin"],
};

export const GUIDE_TEXT = [
  "# A guide to brewing\n\n",
  ...Array.from({ length: 60 }, (_, index) => `Note ${index + 1}. 🍃 Water that has boiled twice tastes flat, so draw it fresh and warm the pot before the leaves go in.\n\n`),
  "Sencha steeps for 60 to 90 seconds at 70 °C; a minute longer makes it bitter.\n\n",
  ...Array.from({ length: 60 }, (_, index) => `Remark ${index + 1}. Leaves keep for a year where it is dark, dry and cool, and lose their scent within a month where it isn't.\n\n`),
].join("");

const CITED = "Sencha steeps for 60 to 90 seconds at 70 °C; a minute longer makes it bitter.";
const citedStart = [...GUIDE_TEXT.slice(0, GUIDE_TEXT.indexOf(CITED))].length;

export const citation: Citation = {
  marker: 1,
  document: "guide",
  source: "brewing-guide.md",
  start: citedStart,
  end: citedStart + [...CITED].length,
  text: CITED,
};

export const ANSWER =
  "Three green teas cost less than $12. **Kettle Green** is the cheapest at $6.25, and **Morning Fog Sencha** is rated best with 93.\n\nIt has won 4 medals. Steep it for 60 to 90 seconds [1].";

export function claimsOf(text: string, parts: Record<string, string | null>): Claim[] {
  return Object.entries(parts).map(([part, fact]) => {
    const start = text.indexOf(part);
    return { text: part, ok: fact !== null, start, end: start + part.length, fact };
  });
}

export function stage(name: string, change: Partial<StageTiming> = {}): StageTiming {
  return {
    name,
    start_ms: 0,
    load_ms: 0,
    queue_ms: 2,
    prompt_build_ms: 1,
    retrieval_ms: 9,
    prefill_ms: 310,
    decode_ms: 800,
    parse_ms: 0,
    check_ms: 1,
    total_ms: 1130,
    first_token_ms: 322,
    prompt_tokens: 420,
    cached_tokens: 120,
    completion_tokens: 64,
    attempts: 1,
    error: null,
    ...change,
  };
}

export function answer(change: Partial<ChatAnswer> = {}): ChatAnswer {
  return {
    run_id: "turn-1",
    pack: "retail",
    model: "nano",
    device: "cpu",
    started_at: "2026-01-05T14:30:00Z",
    total_ms: 1180,
    first_token_ms: 342,
    cache: { tier: "answer", hit: false },
    kept_for: null,
    stages: [stage("answer")],
    errors: [],
    question: "Which green teas are under $12?",
    answer: ANSWER,
    claims: claimsOf(ANSWER, { "$6.25": "Price of Kettle Green: $6.25", "93": "Rating of Morning Fog Sencha: 93", "4": null }),
    grounded_share: 0.8,
    items,
    matching: 3,
    nearest: null,
    citations: [citation],
    quick_replies: ["Only from Japan", "Which is rated best?"],
    domain: "retail",
    reading,
    context: { budget_tokens: 512, used_tokens: 480, turns_shown: 2, turns_dropped: 0 },
    notes: [],
    ...change,
  };
}

/** All of one turn; with as many deltas as the answer has words. */
export function turnEvents(of: ChatAnswer = answer()): ChatEvent[] {
  return [
    { kind: "started", run_id: of.run_id },
    { kind: "read", reading: of.reading },
    { kind: "found", items: of.items, matching: of.matching, nearest: of.nearest, citations: of.citations },
    ...of.answer.split(/(?<= )/).map((text): ChatEvent => ({ kind: "delta", text })),
    { kind: "quick_replies", quick_replies: of.quick_replies },
    ...of.stages.map((each): ChatEvent => ({ kind: "stage_done", stage: each })),
    { kind: "finished", answer: of },
  ];
}

export function question(id: string, parent: string | null, text: string): ChatMessage {
  return { id, parent, author: "person", text, state: "done", at: "2026-01-05T14:29:00Z", answer: null };
}

export function reply(id: string, parent: string, of: ChatAnswer | null, state: MessageState = "done", text = of?.answer ?? ""): ChatMessage {
  return { id, parent, author: "assistant", text, state, at: "2026-01-05T14:30:00Z", answer: of };
}

/** Two turns, of which the second question was edited and its answer asked for again. */
export function conversation(id: string): Conversation {
  const title = conversationRows.find((each) => each.id === id)?.title ?? "A conversation";
  return {
    id,
    title,
    pack: "retail",
    catalog: "teas",
    created_at: "2026-01-05T14:20:00Z",
    messages: [
      question("q1", null, "Which green teas are under $12?"),
      reply("a1", "q1", answer()),
      question("q2", "a1", "Which is the lightest?"),
      reply("a2", "q2", answer({ answer: "Morning Fog Sencha.", claims: [], items: [], citations: [], quick_replies: [] })),
      question("q3", "a1", "Which of them is from China?"),
      reply("a3", "q3", answer({ answer: "Jade Steps is.", claims: [], items: items.slice(1, 2), matching: 1, citations: [], quick_replies: [] })),
      reply("a4", "q3", answer({ answer: "Jade Steps, from Linden Tea House.", claims: [], items: items.slice(1, 2), matching: 1, citations: [], quick_replies: ["And from Japan?"] })),
    ],
  };
}

/** As long as anybody's. */
export function longConversation(turns: number): Conversation {
  const whole = conversation("c-1");
  const messages = Array.from({ length: turns }, (_, index) => {
    const parent = index === 0 ? null : `a${index - 1}`;
    return [question(`q${index}`, parent, `Question ${index + 1}: which green teas are under $12?`), reply(`a${index}`, `q${index}`, answer())];
  });
  return { ...whole, messages: messages.flat() };
}

export function sentMessage({ conversation: id, parent, text }: SendMessage, count: number): SentMessage {
  const asked = question(`sent-q${count}`, parent, text);
  const title = conversationRows.find((each) => each.id === id)?.title ?? text;
  return sent(id ?? "c-new", title, asked, count);
}

export function sentAgain({ conversation: id, question: asked }: AnswerAgain, count: number): SentMessage {
  const known = conversation(id).messages.find((message) => message.id === asked);
  return sent(id, "Green teas under $12", known ?? question(asked, null, "Which green teas are under $12?"), count);
}

export function documentText(id: string): DocumentText {
  return { document: { ...guide, id }, text: GUIDE_TEXT };
}

function sent(id: string, title: string, asked: ChatMessage, count: number): SentMessage {
  const writing = reply(`sent-a${count}`, asked.id, null, "writing");
  return { run_id: `turn-${count}`, conversation: id, title, question: asked, answer: writing };
}

function row(id: string, title: string, messages: number, minutesAgo: number): ConversationRow {
  return { id, title, updated_at: new Date(NOW_MS - minutesAgo * 60_000).toISOString(), messages, snippet: null };
}

function card(id: string, name: string, brand: string, price: number, rating: number, origin: string, description: string): ItemCard {
  return {
    id,
    name,
    brand,
    category: "Green tea",
    price,
    currency: "USD",
    price_unit: "per 50 g",
    rating,
    attributes: [
      attribute("kind", "green"),
      attribute("cultivar", "Yabukita"),
      attribute("harvest", "April"),
      attribute("weight", "50", 50, "g"),
      attribute("caffeine", "medium"),
      attribute("origin", origin),
    ],
    description,
    misses: [],
  };
}

function attribute(name: string, value: string, number: number | null = null, unit = ""): Attribute {
  return { name, value, number, unit };
}
