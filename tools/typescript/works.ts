// What another platform writes with the client: all of it compiles in strict mode.
import { Refused, Sunfair, type Asked, type Operations } from "./sunfair";

const sunfair = new Sunfair("https://market.example", { token: "sf_test_…", language: "zh" });

export async function ask(text: string): Promise<string[]> {
  const answer = await sunfair.call("check_facts", {
    body: { stage: "filing", rules: ["notice.apportion"], facts: { texts: [{ kind: "notice", text }] } },
    headers: { "Idempotency-Key": "once" },
  });
  return answer.results.filter((each) => each.result === "fail").map((each) => each.reason.zh);
}

export async function follow(cursor: string | null): Promise<number> {
  const page = await sunfair.call("list_account_acts", cursor === null ? {} : { query: { cursor, limit: 100 } });
  return page.next == null ? page.items.length : page.items.length + (await follow(page.next));
}

export async function find(id: string): Promise<Operations["get_decision"]["answer"] | null> {
  const asked: Asked<"get_decision"> = { path: { decision_id: id } };
  try {
    return await sunfair.call("get_decision", asked);
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return null;
    throw error;
  }
}
