// What an import's flag means to the person who might buy the plan.
import type { PlanFlag } from "../../protocol";
import { assertNever } from "../../shared/never";

export interface FlagText {
  label: string;
  explanation: string;
}

export function flagText(flag: PlanFlag): FlagText {
  switch (flag) {
    case "time_of_use":
      return {
        label: "time of use",
        explanation:
          "The price depends on the hour. The yearly cost comes from the list's average prices, so yours may differ with when you use power.",
      };
    case "prepaid":
      return { label: "prepaid", explanation: "You pay before you use; power can stop when the balance runs out." };
    case "exit_fee_undisclosed":
      return { label: "exit fee not stated", explanation: "The list doesn't say what leaving early costs. Ask before signing." };
    case "exit_fee_per_month":
      return {
        label: "exit fee per month?",
        explanation: "The fee is so small that it is probably charged for each month that remains of the contract.",
      };
    case "term_under_year":
      return {
        label: "under a year",
        explanation: "The contract ends within the year. The yearly cost assumes that its price goes on after it.",
      };
    case "negative_price":
      return { label: "price below zero", explanation: "The list states a price below zero, so the plan is left out of rankings." };
    case "absurd_price":
      return { label: "price out of range", explanation: "The list states a price that no household pays, so the plan is left out of rankings." };
    case "duplicate":
      return { label: "duplicate", explanation: "The same plan stands earlier in the list." };
    default:
      return assertNever(flag);
  }
}
