"""The tasks: name -> (generator, share of the training examples)."""
from .common import is_held_out
from . import assistant_reply, grounded_answer, narrative, plan_judgement, quick_replies, synthesis, usage_summary

# Prompts of these have no free text: evaluation gets those that a hash picks, and training never sees them.
WITHOUT_FREE_TEXT = {"usage_summary", "narrative", "synthesis", "quick_replies"}


def generator(module):
    task = module.__name__.rsplit(".", 1)[1]

    def make(r, held=False):
        while True:
            example = module.make(r, held)
            if task not in WITHOUT_FREE_TEXT or is_held_out(example.prompt) == held:
                return example
    return make


SHARES = {usage_summary: .17, narrative: .31, quick_replies: .06, assistant_reply: .25, plan_judgement: .03, synthesis: .13, grounded_answer: .05}
TASKS = {module.__name__.rsplit(".", 1)[1]: (generator(module), share) for module, share in SHARES.items()}


def sample(r, held=False):
    """One example of a task, drawn by the shares."""
    name = r.choices(list(TASKS), [share for _, share in TASKS.values()])[0]
    return TASKS[name][0](r, held)
