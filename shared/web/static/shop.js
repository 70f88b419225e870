// Every page works without this. It saves a second tap and a reload.
(function () {
  "use strict";

  // A form is sent once. The browser's own "back" brings the button back to life.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.querySelectorAll("button").forEach(function (button) {
      button.setAttribute("aria-busy", "true");
    });
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll("button").forEach(function (button) {
        button.removeAttribute("aria-busy");
      });
    });
  });

  // <div data-watch="/payments/pay_1" data-status="pending">: the page is loaded again as soon as the JSON of that address has another
  // `status`. It asks less and less often, and not at all while nobody looks.
  document.querySelectorAll("[data-watch]").forEach(function (watched) {
    var wait = 2000;
    function again() {
      wait = Math.min(wait * 1.3, 30000);
      setTimeout(look, wait);
    }
    function look() {
      if (document.hidden) {
        again();
        return;
      }
      fetch(watched.dataset.watch, { headers: { Accept: "application/json" } })
        .then(function (answer) {
          return answer.json();
        })
        .then(function (seen) {
          if (seen.status && seen.status !== watched.dataset.status) {
            location.reload();
          } else {
            again();
          }
        })
        .catch(again);
    }
    setTimeout(look, wait);
  });
})();
