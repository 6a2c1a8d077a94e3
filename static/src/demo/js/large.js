// The whole catalogue as one table of about 7,000 elements. A classic script, so that the table stands
// before the document has been parsed; its content is the same on every visit.
(() => {
  const TEAS = [
    ["Assam", "Black", "India"],
    ["Darjeeling", "Black", "India"],
    ["Nilgiri", "Black", "India"],
    ["Keemun", "Black", "China"],
    ["Yunnan", "Black", "China"],
    ["Dimbula", "Black", "Sri Lanka"],
    ["Kericho", "Black", "Kenya"],
    ["Rukeri", "Black", "Rwanda"],
    ["Sencha", "Green", "Japan"],
    ["Gyokuro", "Green", "Japan"],
    ["Hojicha", "Green", "Japan"],
    ["Longjing", "Green", "China"],
    ["Gunpowder", "Green", "China"],
    ["Sejak", "Green", "Korea"],
    ["Tieguanyin", "Oolong", "China"],
    ["Dong Ding", "Oolong", "Taiwan"],
    ["Oriental Beauty", "Oolong", "Taiwan"],
    ["Silver Needle", "White", "China"],
    ["White Peony", "White", "China"],
    ["Shou Mei", "White", "China"],
  ];
  const GARDENS = [
    "Harrow Lane",
    "Misty Ridge",
    "Old Mill",
    "River Bend",
    "Stone Terrace",
    "Sunrise Slope",
    "Upper Field",
  ];
  const PICKINGS = ["first flush", "second flush", "summer", "autumn", "reserve"];
  const ROWS = 694;

  /** @type {(tag: string, text?: string, name?: string) => HTMLElement} */
  function cell(tag, text = "", name = "") {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    if (name) element.className = name;
    return element;
  }

  /** A fixed sequence of numbers below a bound (a linear congruential generator). */
  function sequence() {
    let state = 20_260_401;
    return (/** @type {number} */ bound) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * bound);
    };
  }

  /** @type {(index: number, below: (bound: number) => number) => HTMLElement} */
  function row(index, below) {
    const [tea = "", kind = "", origin = ""] = TEAS[index % TEAS.length] ?? [];
    const garden = GARDENS[below(GARDENS.length)] ?? "";
    const picking = PICKINGS[below(PICKINGS.length)] ?? "";
    const left = below(90);
    const line = cell("tr");
    const name = cell("th");
    name.setAttribute("scope", "row");
    const link = cell("a", `${tea} ${garden}`);
    link.setAttribute("href", `./product.html?id=${kind === "Green" ? "spring-sencha" : "breakfast-tea"}`);
    name.append(link);
    const stock = cell("td");
    stock.append(
      cell("span", left < 12 ? `Last ${left + 1}` : `${left} in stock`, left < 12 ? "stock low" : "stock"),
    );
    line.append(
      cell("td", `T${String(1001 + index)}`, "code"),
      name,
      cell("td", kind),
      cell("td", origin),
      cell("td", picking),
      stock,
      cell("td", `£${(4 + below(2400) / 100).toFixed(2)}`, "amount"),
    );
    return line;
  }

  const below = sequence();
  const body = document.getElementById("catalogue-rows");
  const button = document.getElementById("mutate");
  if (!body || !button) return;
  const rows = Array.from({ length: ROWS }, (_, index) => row(index, below));
  body.append(...rows);

  let turn = 0;
  button.addEventListener("click", () => {
    const amount = rows[turn % rows.length]?.lastElementChild;
    turn += 1;
    if (amount) amount.textContent = `£${(4 + ((turn * 137) % 2400) / 100).toFixed(2)}`;
  });
})();
