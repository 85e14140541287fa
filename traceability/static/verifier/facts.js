/** Facts of the trade that checks go by; a test holds them to the files they come from. */

/** Which rights may be shown (`catalog/data/ip_kinds.csv`): shared signs need the right to use. */
export const RIGHT_KINDS = {
  trademark: { shared: false, shown: true, shownAsApplication: true },
  collective: { shared: true, shown: true, shownAsApplication: false },
  certification: { shared: true, shown: true, shownAsApplication: false },
  gi: { shared: true, shown: true, shownAsApplication: false },
  trademark_international: { shared: false, shown: true, shownAsApplication: false },
  design: { shared: false, shown: true, shownAsApplication: false },
  patent: { shared: false, shown: true, shownAsApplication: false },
  utility: { shared: false, shown: true, shownAsApplication: false },
  copyright: { shared: false, shown: true, shownAsApplication: false },
};

/** The kinds of event each chain goes through, in order (`events/data/chain_steps.csv`). */
export const CHAINS = [
  ["farm_setup", "planting", "input_use", "harvest", "primary_process", "milling", "test", "pack", "store", "ship", "receive"], // rice
  ["farm_setup", "input_use", "harvest", "collect", "process", "test", "pack", "ship"], // tea
  ["farm_setup", "planting", "input_use", "harvest", "collect", "primary_process", "pack", "ship", "receive"], // fresh_fruit
  ["farm_setup", "planting", "input_use", "harvest", "primary_process", "pack", "ship"], // garlic
  ["collect", "primary_process", "process", "test", "pack", "ship"], // dried_fruit
  ["farm_setup", "planting", "harvest", "collect", "process", "process", "test", "pack", "ship"], // vermicelli
  ["farm_setup", "raising", "input_use", "slaughter", "primary_process", "pack", "store", "ship", "receive"], // meat
  ["collect", "process", "test", "pack", "ship"], // dried_shrimp
  ["collect", "ferment", "process", "test", "pack", "ship"], // fish_sauce
  ["farm_setup", "harvest", "process", "test", "pack", "ship"], // nectar
  ["farm_setup", "harvest", "collect", "primary_process", "pack", "ship"], // coconut
  ["farm_setup", "harvest", "primary_process", "process", "test", "pack", "ship"], // spice
  ["collect", "process", "pack", "ship"], // craft
];

/** Packed goods only: these come after packing in every chain (`batches/way/order.py`). */
export const PACK = "pack";
export const MOVED = ["aggregate", "receive", "retail"];
