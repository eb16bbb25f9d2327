from interviewer.benchmarks.fake_provider.requests import ChatRequest


def normal(request: ChatRequest) -> str:
    return "What did you do next?"


PERSONAS = {"normal": normal}
