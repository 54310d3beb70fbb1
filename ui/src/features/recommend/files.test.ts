import { describe, expect, it } from "vitest";

import { readFile } from "../../shared/files";
import { guessKind, kindOfHeader } from "./files";

describe("a dropped file", () => {
  it("is told apart by the names of its columns", () => {
    expect(kindOfHeader("plan_id,plan_name,rep_name,tdu_area,price_kwh_500,price_kwh_1000")).toBe("catalog");
    expect(kindOfHeader("home,seq,month,kwh,hours,pv_kwh")).toBe("usage");
    expect(kindOfHeader("home,hour_index,month,hour,day_type,load_kwh")).toBe("usage");
  });

  it("is guessed from its first line only", async () => {
    expect(await guessKind(new File(["supplier;plan;rate\nmonth;month;kwh"], "a.csv"))).toBe("catalog");
  });

  it("that can't be read says that it may be a folder", async () => {
    const folder = new File([], "year");
    folder.arrayBuffer = () => Promise.reject(new DOMException("gone", "NotReadableError"));
    await expect(readFile(folder)).rejects.toThrow(/“year” could not be read. If it is a folder/);
  });
});
