/**
 * @typedef {object} Product
 * @property {string} id also the name of its picture in img/
 * @property {string} name
 * @property {"kettles" | "teapots" | "cups" | "tea" | "tools"} category
 * @property {number} price in pence
 * @property {string} short one line, for cards
 * @property {string} story
 * @property {string} details
 * @property {string} care
 * @property {string[]} finishes the first is the default; empty when there is no choice
 * @property {string} [badge]
 */

/** @type {ReadonlyArray<Product>} */
export const PRODUCTS = [
  {
    id: "copper-kettle",
    name: "Copper stovetop kettle",
    category: "kettles",
    price: 8900,
    short: "Hand-spun, tin-lined, sings at the boil.",
    story:
      "Spun from a single sheet of copper and lined with tin by two people in a very warm room. " +
      "It boils a litre in four minutes and lets you know with a low, round whistle.",
    details: "1.4 litres · 1.1 kg · gas, electric and solid-fuel stoves, not induction.",
    care: "Rinse, dry, and let it darken. A lemon half and salt bring the shine back.",
    finishes: ["Polished", "Aged"],
    badge: "Best loved",
  },
  {
    id: "gooseneck-kettle",
    name: "Gooseneck pouring kettle",
    category: "kettles",
    price: 6400,
    short: "A slow, exact stream from a slim neck.",
    story:
      "The neck is narrow enough to slow the pour to a thread and the ash handle never gets hot. " +
      "Made for green teas that sulk when the water falls from a height.",
    details: "0.9 litres · 0.8 kg · every hob, induction included.",
    care: "Wipe the enamel with a soft cloth. Oil the handle twice a year.",
    finishes: ["Charcoal", "Chalk", "Moss"],
  },
  {
    id: "enamel-kettle",
    name: "Speckled enamel kettle",
    category: "kettles",
    price: 5200,
    short: "Cheerful, light, and happy over a campfire.",
    story:
      "Two coats of enamel over pressed steel, speckled by hand, so no two are the same. " +
      "Light enough for a rucksack and tough enough for the tailgate.",
    details: "1.8 litres · 0.7 kg · every hob and open fire.",
    care: "A chip is not the end of it: send it back and we re-enamel the spot.",
    finishes: ["Sage", "Cornflower"],
  },
  {
    id: "electric-kettle",
    name: "Quiet electric kettle",
    category: "kettles",
    price: 7900,
    short: "Five temperatures and hardly a sound.",
    story:
      "A thick double wall keeps the heat in and the noise down: about as loud as a page turning. " +
      "Set 60, 70, 80, 90 or 100 degrees and it holds it for half an hour.",
    details: "1.5 litres · 1.3 kg · 2,200 W · cord storage under the base.",
    care: "Descale once a month with citric acid. Every part can be ordered and swapped.",
    finishes: ["Oat", "Graphite"],
    badge: "New",
  },
  {
    id: "stoneware-teapot",
    name: "Harbour stoneware teapot",
    category: "teapots",
    price: 4800,
    short: "Half-dipped glaze, pours without a drip.",
    story:
      "Thrown on a wheel by the harbour, dipped once in slate-blue glaze and left bare below. " +
      "The lip is cut by hand, which is why it does not dribble.",
    details: "0.8 litres · four cups · dishwasher safe.",
    care: "Warm it before you brew. The bare clay deepens in colour with use.",
    finishes: ["Slate blue", "Oatmeal"],
  },
  {
    id: "glass-teapot",
    name: "Round glass teapot",
    category: "teapots",
    price: 3900,
    short: "Watch the leaves open. Basket included.",
    story:
      "Blown from heat-proof glass with room in the middle for leaves to unfurl. Better than television.",
    details: "0.7 litres · glass basket and acacia lid · not for the hob.",
    care: "Hand wash. A spare glass basket costs less than a pot of tea in town.",
    finishes: [],
  },
  {
    id: "matcha-bowl",
    name: "Matcha bowl and whisk",
    category: "cups",
    price: 4200,
    short: "A wide bowl and a hundred bamboo tines.",
    story: "Everything you need for a green froth at ten in the morning, except the ten quiet minutes.",
    details: "Bowl 12 cm · whisk of one piece of bamboo with 100 tines.",
    care: "Rinse the whisk in warm water and let it dry upright.",
    finishes: ["Ink", "Snow"],
  },
  {
    id: "tasting-cups",
    name: "Tasting cups, pair",
    category: "cups",
    price: 2800,
    short: "Thin rims, warm colours, 140 ml each.",
    story: "The size tea buyers use: enough to know a tea by, not so much that it goes cold first.",
    details: "2 × 140 ml · stoneware · dishwasher safe.",
    care: "They stack. That is all there is to know.",
    finishes: ["Terracotta and cream", "Slate and cream"],
  },
  {
    id: "milk-jug",
    name: "Dairy stripe jug",
    category: "cups",
    price: 1900,
    short: "A small belly, a clean lip, one blue band.",
    story: "For those who take milk, and for those who only want somewhere to put three daisies.",
    details: "0.25 litres · stoneware · dishwasher safe.",
    care: "If the stripe fades, you have been washing up since before we were born.",
    finishes: [],
  },
  {
    id: "breakfast-tea",
    name: "First Light breakfast tea",
    category: "tea",
    price: 950,
    short: "Assam and Kenya: malty, bright, takes milk.",
    story: "Strong enough for the school run and kind enough for a second cup. Blended every other Thursday.",
    details: "125 g loose leaf · 100 °C · 3 to 4 minutes.",
    care: "Keep it dark, dry and away from the spices.",
    finishes: ["125 g", "Pyramid bags"],
    badge: "Best loved",
  },
  {
    id: "spring-sencha",
    name: "Spring sencha",
    category: "tea",
    price: 1250,
    short: "First harvest: sweet grass and a little sea.",
    story: "Picked in the last week of April, steamed the same hour, at our counter by the end of May.",
    details: "100 g loose leaf · 70 °C · 90 seconds.",
    care: "Open it and drink it: green tea does not get better with waiting.",
    finishes: [],
  },
  {
    id: "chamomile-evening",
    name: "Lights Out chamomile",
    category: "tea",
    price: 850,
    short: "Whole flowers, honeyed, no caffeine.",
    story: "Whole chamomile heads with a little lemon balm. Best with a book you have read before.",
    details: "60 g whole flowers · 95 °C · 5 minutes or more.",
    care: "Keep the pouch closed so that the flowers stay soft.",
    finishes: [],
  },
  {
    id: "oolong",
    name: "Cloud Ladder oolong",
    category: "tea",
    price: 1450,
    short: "Rolled leaves, six brews, butter and orchid.",
    story:
      "Grown where the road gives up. Each brew is a different tea, and the third is the one to wait for.",
    details: "75 g loose leaf · 88 °C · one minute, then a little longer each time.",
    care: "Keep the leaves in the pot between brews. They forgive an hour.",
    finishes: [],
  },
  {
    id: "brew-basket",
    name: "Deep brewing basket",
    category: "tools",
    price: 1600,
    short: "Fine steel mesh that fits nearly any mug.",
    story: "Leaves need room. This basket gives it to them and then lifts every last one out again.",
    details: "Stainless steel · 7 cm across · holes of 0.3 mm.",
    care: "Dishwasher. A soft brush for the stubborn ones.",
    finishes: [],
  },
  {
    id: "tea-caddy",
    name: "Airtight tea caddy",
    category: "tools",
    price: 2200,
    short: "A double lid keeps 200 grams fresh.",
    story: "The inner lid sinks by its own weight and pushes the air out. Oddly satisfying every morning.",
    details: "Holds 200 g · tinplate, brass-coloured lid · 16 cm tall.",
    care: "Wipe with a dry cloth.",
    finishes: ["Forest", "Midnight"],
  },
  {
    id: "heather-honey",
    name: "Heather honey",
    category: "tea",
    price: 780,
    short: "Dark, thick, from the moor above the shop.",
    story: "The bees do the work and Mrs Alder takes the credit. Stir it in below 60 degrees.",
    details: "340 g · raw · may set in winter.",
    care: "Stand the jar in warm water and it runs again.",
    finishes: [],
  },
];

/** @param {string | null} id */
export function findProduct(id) {
  return PRODUCTS.find((product) => product.id === id);
}
