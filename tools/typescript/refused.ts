// Three mistakes that the compiler must see.
import { Sunfair } from "./sunfair";

const sunfair = new Sunfair("https://market.example");

export const wrongValue = sunfair.call("check_facts", { body: { stage: "lunch", facts: {} } });
export const missingPart = sunfair.call("get_decision", {});
export const wrongAnswer = sunfair.call("list_account_acts", {}).then((page) => page.itmes);
