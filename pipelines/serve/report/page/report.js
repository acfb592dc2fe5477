// Remembers language and theme, tells readers of the page its language, and opens all for printing.
(() => {
  const keep = (name) => {
    const inputs = [...document.querySelectorAll(`input[name=${name}]`)];
    const told = () => {
      const chosen = inputs.find((input) => input.checked).value;
      if (name === "lang") document.documentElement.lang = chosen === "en" ? "en" : "zh-CN";
      return chosen;
    };
    try {
      const kept = inputs.find((input) => input.value === localStorage.getItem(`yusuan-${name}`));
      if (kept) kept.checked = true;
    } catch { /* a file that a browser gives no storage to: the defaults hold */ }
    told();
    inputs.forEach((input) => input.addEventListener("change", () => {
      const chosen = told();
      try { localStorage.setItem(`yusuan-${name}`, chosen); } catch { /* as above */ }
    }));
  };
  keep("lang");
  keep("theme");
  const closed = [];
  addEventListener("beforeprint", () => document.querySelectorAll("details:not([open])").forEach((one) => {
    one.open = true;
    closed.push(one);
  }));
  addEventListener("afterprint", () => closed.splice(0).forEach((one) => { one.open = false; }));
})();
